# SPDX-License-Identifier: ISC
# What stands today with what stood before: a build of an older commit, made from the
# history, does with ours what par-formats(7) says.
OLD	?= fe70abc
OLD_BIN	= build/old/$(OLD)/bin

check-old:
	@scripts/deps build check
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@tests/old/build $(OLD) build/old/$(OLD)
	@PAR_BIN='$(abspath $B/bin)' PAR_OLD='$(abspath $(OLD_BIN))' scripts/check tests/old/old.bats

.PHONY: check-old
