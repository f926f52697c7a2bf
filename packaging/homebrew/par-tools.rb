# SPDX-License-Identifier: ISC
class ParTools < Formula
  desc "Small programs that make Unix pipelines parallel"
  homepage "https://example.org/par"
  url "https://example.org/par/par-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "ISC"

  depends_on "pkgconf" => :build
  depends_on "brotli"
  depends_on "curl"
  depends_on "gmp"
  depends_on "hiredis"
  depends_on "libmemcached"
  depends_on "libnghttp2"
  depends_on "libpq"
  depends_on "libpsl"
  depends_on "libsodium"
  depends_on "lmdb"
  depends_on "openssl@3"
  depends_on "pcre2"
  depends_on "zlib"
  depends_on "zstd"

  def install
    settings = ["PREFIX=#{prefix}", "BASHDIR=#{bash_completion}", "ZSHDIR=#{zsh_completion}",
                "FISHDIR=#{fish_completion}", "DOCDIR=#{doc}"]
    system "make", *settings, "install"
  end

  test do
    assert_equal "2 3 4", pipe_output("#{bin}/par-run -k expr {} + 1 | paste -s -d ' ' -", "1\n2\n3\n").chomp
    assert_equal "90\t2880067194370816120", pipe_output("#{bin}/par-fib", "90\n").chomp
  end
end
