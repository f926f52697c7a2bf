# SPDX-License-Identifier: ISC
{
  lib,
  stdenv,
  fetchurl,
  pkg-config,
  brotli,
  curl,
  gmp,
  hiredis,
  libmemcached,
  libpq,
  libpsl,
  libseccomp,
  libsodium,
  lmdb,
  nghttp2,
  openssl,
  pcre2,
  zlib,
  zstd,
}:

stdenv.mkDerivation rec {
  pname = "par-tools";
  version = "0.1.0";

  src = fetchurl {
    url = "https://example.org/par/par-${version}.tar.gz";
    sha256 = "0000000000000000000000000000000000000000000000000000000000000000";
  };

  nativeBuildInputs = [ pkg-config ];
  buildInputs = [
    brotli
    curl
    gmp
    hiredis
    libmemcached
    libpq
    libpsl
    libsodium
    lmdb
    nghttp2
    openssl
    pcre2
    zlib
    zstd
  ] ++ lib.optional stdenv.hostPlatform.isLinux libseccomp;

  enableParallelBuilding = true;
  makeFlags = [
    "PREFIX=${placeholder "out"}"
    "DOCDIR=${placeholder "out"}/share/doc/par-tools"
  ];
  doCheck = true;
  checkTarget = "unit";

  meta = {
    description = "Small programs that make Unix pipelines parallel";
    homepage = "https://example.org/par";
    license = lib.licenses.isc;
    platforms = lib.platforms.unix;
    mainProgram = "par-run";
  };
}
