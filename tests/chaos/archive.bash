#!/bin/bash
# SPDX-License-Identifier: ISC
#
# archive.bash COUNT: kill COUNT writers of one archive, eight at a time, with the programs in
# PAR_BIN; whatever they leave is to be readable, with the digests that it says.
set -eu
cd "$(dirname "$0")/.."
KILLS=$1 exec bats -f 'eight writers of an archive' promise.bats
