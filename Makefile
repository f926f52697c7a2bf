# par - small programs that make Unix pipelines parallel.
#
# A folder cmd/NAME is a program, with all folders below; lib is libpar.a, likewise.  A
# header is included by its name alone.  cmd/NAME/packages, where there is one, names
# the pkg-config packages that it needs; where one is missing the program is left out, and
# that is said.  With a question mark behind its name a package is used where it is there,
# and the code sees HAVE_NAME.  A folder below it may have a file packages, too: where one of
# these is missing the program is built without that folder, and that is said.  Nothing
# here lists programs, pages or tests by name.
#
#	make help                    what can be made
#	make CC=clang                another compiler
#	make SAN=address,undefined   a build with sanitizers, in a folder of its own
#	make PREFIX=/usr DESTDIR=stage install
#
# Settings that should last go into config.mk.
#
#: make             build the programs, in build/cc/bin
#: make demo        install what is missing, build, crawl a small site on this machine
#: make check       install what is missing, build, run the tests (TESTS=tests/NAME.bats;
#:                  DEPS= installs nothing, and tests what could be built)
#: make unit        build and run the unit tests alone (UNIT="window buffered" for some, SEED=1)
#: make sim         the supervisor on a simulated system, in runs made from seeds (SEED=1 COUNT=10000)
#: make sanitize    the same with AddressSanitizer and UndefinedBehaviorSanitizer
#: make bench       measure, beside other tools (BENCH=tests/bench/NAME.sh)
#: make chaos       torment the supervisor, the queue and the fetcher with runs made from seeds
#:                  (SEED=1 COUNT=300)
#: make torture     let each system call and allocation of each program fail once, and all
#:                  after it, in each of its modes (STEP=1 CALL=write WORD=--key)
#: make mutants     plant small mistakes and see which no test finds (SEED=1 COUNT=100;
#:                  FROM=100 goes on where another one ended, ONLY=unit tries unit tests
#:                  alone, IN="lib/num.c" is where they are planted)
#: make check-old   what is built now with what was built before, of a commit of the history
#:                  (OLD=fe70abc)
#: make cross       what needs no library built for other processors, and its unit tests run
#:                  there (CROSS="i686-linux-gnu s390x-linux-gnu")
#: make check-all   all of these that take longer than a change does: sanitize, chaos,
#:                  torture, fuzz targets for a minute each, mistakes for the simulator,
#:                  histories of queues for a minute each, power cuts, check-old
#: make lint        check style, man pages, shell scripts; clang-tidy
#: make analyze     what -fanalyzer of gcc and cppcheck find, but what scripts/false-findings
#:                  explains
#: make deps        install what make, demo and check need, and name what lint and bench
#:                  would add (DEPS=build: only what make needs; DEPS="lint bench")
#: make install     under PREFIX (default /usr/local); DESTDIR is put in front
#: make uninstall   take that away
#: make html        the manual for a browser, with its drawings as pictures, in build/html
#: make dist        build/par-VERSION.tar.gz of the last commit, with a checksum and a bill
#:                  of materials (SPDX)
#: make deb         the Debian packages par-tools, libpar-stage-dev and those of the kits, source
#:                  and binary, in build/deb
#: make static      those that fetch nothing as programs that need no library, for Linux, in
#:                  build/ (STATIC="x86_64 aarch64")
#: make check-packages  these in bare roots of Debian 12 and 13, as root
#: make clean       remove build/
#:
#: CC=clang, CFLAGS=, SAN=address,undefined choose a build; each has its own folder.
#: V=1 shows the commands.

# To another make this is an error, to GNU make a rule that nothing asks for.
.DEFAULT_GOAL := all
.error GNU make is needed: gmake

VERSION	= 0.1.0
PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
MANDIR	?= $(PREFIX)/share/man
DOCDIR	?= $(PREFIX)/share/doc/par
BASHDIR	?= $(PREFIX)/share/bash-completion/completions
ZSHDIR	?= $(PREFIX)/share/zsh/site-functions
FISHDIR	?= $(PREFIX)/share/fish/vendor_completions.d
LIBDIR	?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
KITDIR	?= $(PREFIX)/share/par
PKG_CONFIG ?= pkg-config
CLANG_TIDY ?= clang-tidy
CLANG_FORMAT ?= clang-format
SAN	?=
-include config.mk

# A line for each command; V=1 shows the command instead.
V	?=
say	= $(if $(V),,@echo '  $1' &&)

# The system: a folder of lib/os.  OS=posix builds on Linux what is built elsewhere.
HOST_OS	:= $(if $(filter Linux,$(shell uname -s)),linux,posix)
OS	?= $(HOST_OS)
$(if $(wildcard lib/os/$(OS)/os.c),,$(error OS=$(OS): there is no lib/os/$(OS)))

comma	:= ,
quote	:= '
B	?= build/$(notdir $(firstword $(CC)))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if \
	$(filter-out $(HOST_OS),$(OS)),-$(OS))
JOBS	:= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

CFLAGS	?= -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef \
	-Wformat=2 -Wswitch-enum -Wno-overlength-strings
HARDEN	= -fstack-protector-strong -fPIE $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
# Files are of any size, also where a word has 32 bits.  Times are as the libraries have
# them that programs are linked with.
LARGE	:= $(if $(shell $(CC) $(CFLAGS) -dM -E - </dev/null 2>/dev/null | \
	grep '__SIZEOF_POINTER__ 4'),-D_FILE_OFFSET_BITS=64)
LACKING	:= $(wildcard lib/os/$(OS)/lacking.h)
ALL_CPPFLAGS = -D_GNU_SOURCE $(LARGE) $(LACKING:%=-include %) -DPAR_VERSION='"$(VERSION)"' $(call quoted,lib) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -pthread $(WARNINGS) $(HARDEN) $(SAN:%=-fsanitize=%) \
	$(if $(SAN),-fno-omit-frame-pointer -fno-sanitize-recover=all) $(CFLAGS)
ALL_LDFLAGS = -pie $(SAN:%=-fsanitize=%) $(LDFLAGS)

# What a program names in its packages file: needed, and used where it is there.
ALL_PROGS := $(notdir $(patsubst %/,%,$(wildcard cmd/*/)))
NAMED	:= $(sort $(subst ?,,$(shell cat /dev/null $(wildcard cmd/*/packages lib/packages \
	tests/unit/aid/packages))))
THERE	:= $(shell for p in $(NAMED); do $(PKG_CONFIG) --exists $$p 2>/dev/null && echo $$p; done)
named	= $(shell cat cmd/$1/packages 2>/dev/null)
needed	= $(foreach p,$(call named,$1),$(if $(findstring ?,$p),,$p))
extra	= $(call there,$(subst ?,,$(filter-out $(call needed,$1),$(call named,$1))))
there	= $(filter $(THERE),$1)
lacking	= $(filter-out $(THERE),$(call needed,$1))
have	= $(foreach p,$1,-DHAVE_$(shell echo $p | tr 'a-z-' 'A-Z_'))

# PROGS=, names of folders of cmd, builds and installs these alone.
PROGS	:= $(foreach p,$(ALL_PROGS),$(if $(call lacking,$p),,$p))
LEFT_OUT := $(filter-out $(PROGS),$(ALL_PROGS))
BINS	:= $(PROGS:%=$B/bin/%)
ALL_PAGES := $(wildcard man/*.[1-9])
PAGES	:= $(filter-out $(LEFT_OUT:%=man/%.1),$(ALL_PAGES))
ALL_FILES := $(sort $(shell find lib cmd -name '*.[ch]' -o -name '*.lua' -o -name '*.sql'))
# Folders of programs that need packages of their own, and those of them that lack some.
ALL_WINGS := $(patsubst %/packages,%,$(wildcard cmd/*/*/packages cmd/*/*/*/packages))
wing_lacks = $(filter-out $(THERE),$(shell cat $1/packages))
NO_WINGS := $(foreach w,$(ALL_WINGS),$(if $(call wing_lacks,$w),$w))
WITHOUT	:= $(filter $(NO_WINGS:%=%/%),$(ALL_FILES))
FILES	:= $(filter-out $(WITHOUT) \
	$(filter-out lib/os/$(OS)/%,$(wildcard lib/os/*/*)),$(ALL_FILES))
SOURCES	:= $(filter %.c,$(FILES))
HEADERS	:= $(filter %.h,$(FILES))
OBJECTS	:= $(SOURCES:%.c=$B/%.o)
LIBOBJ	:= $(filter $B/lib/%,$(OBJECTS))
BASH_COMPLETIONS := $(PROGS:%=$B/completions/bash/%)
ZSH_COMPLETIONS := $(PROGS:%=$B/completions/zsh/_%)
FISH_COMPLETIONS := $(PROGS:%=$B/completions/fish/%.fish)
COMPLETIONS := $(BASH_COMPLETIONS) $(ZSH_COMPLETIONS) $(FISH_COMPLETIONS)

# What others build on, which has the modules of lib that lib/public/modules names, compiled
# once more: nothing is seen of them but what its header has, in either form.  LIBRARY= leaves
# it out.
SONAME	= libpar-stage.so.1
LIBRARY	?= $B/public/libpar-stage.a $B/public/$(SONAME) $B/public/libpar-stage.so \
	$B/public/libpar-stage.pc
PUBLIC	:= $(shell cat lib/public/modules 2>/dev/null)
PUBLIC_OBJ := $(foreach m,$(PUBLIC),$(patsubst $B/%,$B/public/%,$(filter %/$m.o,$(LIBOBJ))))
OBJCOPY	?= $(shell $(CC) -print-prog-name=objcopy)

all: $(BINS) $(COMPLETIONS) $(LIBRARY) left-out

# One line for each that nobody chose to leave out.
left-out:
	$(foreach p,$(if $(filter file,$(origin PROGS)),$(LEFT_OUT)),$(call leave_out,$p))
	$(foreach w,$(foreach p,$(PROGS),$(filter cmd/$p/%,$(NO_WINGS))),$(call leave_wing,$w))
define leave_out
@echo "$1 is left out, since $(if $(shell command -v $(PKG_CONFIG)),$(call \
	lacking,$1),$(PKG_CONFIG)) is missing; 'make deps DEPS=build' installs that" >&2

endef

define leave_wing
@echo "$(word 2,$(subst /, ,$1)) is built without $(notdir $1), since $(call \
	wing_lacks,$1) is missing; 'make deps DEPS=build' installs that" >&2

endef

# The objects of a program, and of all its files but main.c.
objects	= $(filter $B/cmd/$1/%,$(OBJECTS))
parts	= $(filter-out $B/cmd/$1/main.o,$(call objects,$1))

# Where the headers of a program, or of lib, are: for the compiler.
quoted	= $(patsubst %/,-iquote %,$(sort $(dir $(filter $1/%,$(HEADERS)))))

# Lua and SQL files of a program, as strings: NAME.lua is lua_NAME in lua.h.
texts	= $(filter cmd/$1/%.$2,$(FILES))
texts_h	= $(foreach k,lua sql,$(if $(call texts,$1,$k),$B/cmd/$1/$k.h))

define texts_of
$B/cmd/%/$1.h: scripts/strings FORCE
	@mkdir -p $$(@D)
	@scripts/strings $$(call texts,$$*,$1) >$$@.new; \
	    if cmp -s $$@.new $$@; then rm -f $$@.new; else mv $$@.new $$@; fi
endef
$(foreach k,lua sql,$(eval $(call texts_of,$k)))

# What the code of lib uses of packages, where they are there; a program that calls that
# code has to name them, too.
LIB_PACKAGES := $(strip $(call there,$(subst ?,,$(shell cat lib/packages))))
LIB_CFLAGS := $(call have,$(LIB_PACKAGES)) $(if $(LIB_PACKAGES),$(shell \
	$(PKG_CONFIG) --cflags $(LIB_PACKAGES)))

# One program.  $1 its name, $2 the packages it needs, $3 those it uses as well.
define program
$B/$1.a: $(call parts,$1)
	$$(call say,AR $$@) rm -f $$@ && $$(AR) rcs $$@ $$^

$B/bin/$1: $B/cmd/$1/main.o $B/$1.a $B/libpar.a
	@mkdir -p $$(@D)
	$$(call say,LINK $$@) $$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$(filter %.o %.a,$$^) \
	    $(if $2$3,$$$$($$(PKG_CONFIG) --libs $2 $3)) $$(LDLIBS)

$(call objects,$1) $(foreach k,tidy analyzed,$(patsubst %.o,%.$k,$(call objects,$1))) \
$(patsubst %,$B/alone/%,$(filter cmd/$1/%,$(HEADERS))): $B/cmd/$1/cflags $(call texts_h,$1)

$B/cmd/$1/cflags: FORCE
	@mkdir -p $$(@D)
	@$(if $2,command -v $$(PKG_CONFIG) >/dev/null || { echo \
	    "$1 needs $$(PKG_CONFIG) to build.  To install it$(comma) run 'make deps DEPS=build'." >&2; \
	    exit 1; })
	@$(if $2,$$(PKG_CONFIG) --print-errors --exists $2 || { echo \
	    "$1 needs these packages: $2.  To install them$(comma) run 'make deps DEPS=build'." >&2; exit 1; })
	@echo $(call have,$3) $(call quoted,cmd/$1) $(if $(call texts_h,$1),-iquote $B/cmd/$1) \
	    $(if $2$3,$$$$($$(PKG_CONFIG) --cflags $2 $3)) >$$@.new; \
	    if cmp -s $$@.new $$@; then rm -f $$@.new; else mv $$@.new $$@; fi
endef
$(foreach p,$(ALL_PROGS),\
    $(eval $(call program,$p,$(strip $(call needed,$p)),$(strip $(call extra,$p)))))

# The flags that a program adds for its files: where its headers and its packages are.
cflags	= $(if $(filter lib/%,$1),$(LIB_CFLAGS)) \
	$(if $(filter cmd/%,$1),$$(cat $B/cmd/$(word 2,$(subst /, ,$1))/cflags)) \
	$(if $(filter tests/sim/%,$1),-iquote tests/sim) \
	$(if $(filter $(SIM_INSIDE),$1),$$(cat $(SIM_CFLAGS))) \
	$(if $(filter tests/unit/%,$1),$(call unit_cflags,$(word 3,$(subst /, ,$1)))) \
	$(if $(filter tests/fuzz/%,$1),-Itests/fuzz/aid $(call fuzz_cflags,$(basename $(notdir $1))))

# Of which program a fuzz target is, if not of lib; its flags, for the target alone.
fuzzed	= $(filter-out lib,$(shell sed -n 's/^ \* Fuzz \([a-z-]*\):.*/\1/p' tests/fuzz/$1.c))
fuzz_cflags = $(foreach p,$(call fuzzed,$1),$$(cat $B/cmd/$p/cflags))

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call say,CC $<) $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(call cflags,$<) -MMD -MP -c -o $@ $<

$B/libpar.a: $(LIBOBJ)
	$(call say,AR $@) rm -f $@ && $(AR) rcs $@ $(LIBOBJ)

$B/public/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call say,CC $< for libpar-stage) $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fPIC \
	    -fvisibility=hidden -fno-lto -MMD -MP -c -o $@ $<

$B/public/libpar-stage.a: $(PUBLIC_OBJ)
	$(call say,AR $@) $(CC) -nostdlib -r -o $(@:.a=.o) $(PUBLIC_OBJ) && \
	    $(OBJCOPY) --wildcard --keep-global-symbol='par_*' $(@:.a=.o) && \
	    rm -f $@ && $(AR) rcs $@ $(@:.a=.o)

$B/public/$(SONAME): $(PUBLIC_OBJ) lib/public/libpar-stage.map
	$(call say,LINK $@) $(CC) $(ALL_CFLAGS) -shared $(SAN:%=-fsanitize=%) $(LDFLAGS) \
	    -Wl,-soname,$(SONAME) -Wl,--version-script=lib/public/libpar-stage.map \
	    $(if $(SAN),,-Wl,-z,defs) -o $@ $(PUBLIC_OBJ)

$B/public/libpar-stage.so: $B/public/$(SONAME)
	@ln -sf $(SONAME) $@

# $1 where the library is, $2 its header, $3 what was built with sanitizers needs as well.
library_pc = printf '%s\n' 'Name: libpar-stage' 'Description: native stages of par' \
	'Version: $(VERSION)' 'Cflags: -I"$2"' 'Libs: -L"$1" -lpar-stage$3'

# For who uses it where it was built.
$B/public/libpar-stage.pc: Makefile $B/flags
	@mkdir -p $(@D)
	@$(call library_pc,$(abspath $B/public),$(abspath lib/public),$(SAN:%= -fsanitize=%)) >$@

# Written anew when the compiler or its flags are others than last time.
FLAGS	= $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LIB_CFLAGS) $(ALL_LDFLAGS) $(LDLIBS)
$B/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst $(quote),,$(FLAGS))' | cmp -s - $@ || \
	    echo '$(subst $(quote),,$(FLAGS))' >$@

-include $(wildcard $(OBJECTS:.o=.d) $(PUBLIC_OBJ:.o=.d) $B/tests/unit/*/*.d $B/tests/sim/*.d)

# EMULATOR runs programs for another processor.
EMULATOR ?=

# Completions come from --help, of verbs, too, so that they always agree with it.
$(BASH_COMPLETIONS): $B/completions/bash/%: $B/bin/% completions/complete.awk
$(ZSH_COMPLETIONS): $B/completions/zsh/_%: $B/bin/% completions/complete.awk
$(FISH_COMPLETIONS): $B/completions/fish/%.fish: $B/bin/% completions/complete.awk
$(COMPLETIONS):
	@mkdir -p $(@D)
	@LC_ALL=C $(EMULATOR) $< --help >$@.help
	@for verb in $$(tr '\n' ' ' <$@.help | sed -n 's/.*VERB is one of \([^;]*\);.*/\1/p' | tr -d ,); do \
	    LC_ALL=C $(EMULATOR) $< $$verb --help; done >$@.verbs
	@cat $@.verbs >>$@.help
	@awk -v shell=$(notdir $(@D)) -v name=$(<F) -f completions/complete.awk $@.help >$@
	@rm -f $@.help $@.verbs

# Unit tests: tests/unit/NAME/*.c are a program that is linked with the archive of the
# program NAME, or with that of lib alone.  aid/ is what they share.
UNITS	:= $(filter-out aid $(LEFT_OUT),$(notdir $(patsubst %/,%,$(wildcard tests/unit/*/))))
UNIT_BINS := $(UNITS:%=$B/unit/%)
UNIT_AID := $(patsubst %.c,$B/%.o,$(wildcard tests/unit/aid/*.c))
UNIT_WRAPPED = malloc calloc realloc aligned_alloc strdup strndup realpath getline __getdelim free exit
unit_cflags = -iquote tests/unit/aid $(if $(filter $1,$(ALL_PROGS)),$$(cat $B/cmd/$1/cflags),\
	$(LIB_CFLAGS)) $(ORACLE_CFLAGS)
unit_packages = $(if $1,$(call needed,$1) $(call extra,$1),$(LIB_PACKAGES)) $(ORACLES)

# What unit tests compare with, where it is there.
ORACLES	:= $(call there,$(shell cat tests/unit/aid/packages 2>/dev/null))
ORACLE_CFLAGS := $(call have,$(ORACLES)) $(if $(ORACLES),$(shell \
	$(PKG_CONFIG) --cflags $(ORACLES)))

# $1 its name, $2 the program it tests, if it is one.
define unit
$B/unit/$1: $(patsubst %.c,$B/%.o,$(wildcard tests/unit/$1/*.c)) $(UNIT_AID) \
    $(if $2,$B/$2.a) $B/libpar.a
	@mkdir -p $$(@D)
	$$(call say,LINK $$@) $$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) \
	    $(UNIT_WRAPPED:%=-Wl,--wrap=%) -o $$@ $$(filter %.o %.a,$$^) $(if $(strip \
	    $(call unit_packages,$2)),$$$$($$(PKG_CONFIG) --libs $(call unit_packages,$2))) $$(LDLIBS)

$(if $2,$(patsubst %.c,$B/%.o,$(wildcard tests/unit/$1/*.c)): $B/cmd/$2/cflags $(call texts_h,$2))
endef
$(foreach u,$(UNITS),$(eval $(call unit,$u,$(filter $u,$(ALL_PROGS)))))

units: $(UNIT_BINS)

UNIT	?=
unit: units
	@for unit in $(UNIT_BINS); do \
	    echo "$$unit" && SEED=$(SEED) "$$unit" $(UNIT) || exit 1; done

-include tests/sim/rules.mk tests/old/rules.mk

# Tests.

# make check TESTS=tests/NAME.bats runs one file, TESTS=unit the unit tests.
TESTS	?= unit $(wildcard tests/*.bats)

check:
	@$(if $(DEPS),scripts/deps build check)
	@$(MAKE) --no-print-directory -j$(JOBS) all units sim-build
	@PAR_BIN='$(abspath $B/bin)' PAR_UNITS='$(abspath $(UNIT_BINS))' scripts/check $(TESTS)

sanitize:
	@SANITIZED=1 $(MAKE) --no-print-directory SAN=address,undefined check

bench:
	@scripts/deps build
	@scripts/deps bench || echo 'bench: what needs these is left out' >&2
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@PAR_BIN='$(abspath $B/bin)' scripts/bench $(BENCH)

SEED	?= 1
COUNT	?= 100
chaos:
	@scripts/deps build check
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@PAR_BIN='$(abspath $B/bin)' tests/chaos/torment.py $(SEED) $(COUNT) $(MARK)
	@PAR_BIN='$(abspath $B/bin)' tests/chaos/queue.bash $(SEED) $(COUNT)
	@PAR_BIN='$(abspath $B/bin)' tests/chaos/bodies.py $(SEED) $$(($(COUNT) * 700)) 200
	@PAR_BIN='$(abspath $B/bin)' tests/chaos/archive.bash $$(($(COUNT) * 2 / 3))

# Fuzz targets, for tests/fuzz/run: each is tests/fuzz/NAME.c, which says in its first
# comment of which program it is ("Fuzz PROGRAM: ..." or "Fuzz lib: ..."), with all files of
# that but main.c.  Other targets have no use for reading these files.
ifneq ($(filter fuzz-%,$(MAKECMDGOALS)),)
FUZZ_FLAGS = -fsanitize=fuzzer -Wl,--wrap=exit -Itests/fuzz/aid

define fuzzer
.PHONY: fuzz-$1
fuzz-$1: $B/fuzz/$1
$B/fuzz/$1: tests/fuzz/$1.c $(wildcard tests/fuzz/aid/*) $(if $2,$B/cmd/$2/cflags \
    $(call parts,$2)) $B/libpar.a
	@mkdir -p $$(@D)
	$$(call say,FUZZ $$@) $$(CC) $$(ALL_CPPFLAGS) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) \
	    $$(FUZZ_FLAGS) $(if $2,$$(call cflags,cmd/$2/)) -o $$@ \
	    $$(filter %.c %.o %.a,$$^) $(if $2,$(if $(call named,$2),$$$$($$(PKG_CONFIG) \
	    --libs $(call needed,$2) $(call extra,$2)))) $$(LDLIBS)
endef
$(foreach f,$(patsubst fuzz-%,%,$(filter fuzz-%,$(MAKECMDGOALS))),\
    $(eval $(call fuzzer,$f,$(call fuzzed,$f))))
endif

STEP	?= 1
WORD	?=
CALL	?=
torture:
	@scripts/deps build check
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@PATH='$(abspath $B/bin)':"$$PATH" SANITIZED=$(SAN) tests/torture/run $(STEP) '$(WORD)' \
	    '$(CALL)'

ONLY	?=
FROM	?=
IN	?=
mutants:
	@scripts/deps build check
	@tests/mutants/mutants.py $(ONLY:%=--only %) $(FROM:%=--from %) $(SEED) $(COUNT) $(IN)

CROSS	?=
cross:
	@scripts/cross $(CROSS)

check-all: check sanitize torture
	@$(MAKE) --no-print-directory OS=posix check
	@$(MAKE) --no-print-directory chaos COUNT=300
	@HISTORY=60 BATS_TEST_TIMEOUT=1200 $(MAKE) --no-print-directory check TESTS='$(wildcard tests/*-history.bats)'
	@$(MAKE) --no-print-directory B=$B/deep ANALYZER=mode=deep lint-tidy
	@$(MAKE) --no-print-directory analyze
	@tests/fuzz/run all 60s
	@tests/sim/mistakes
	@$(MAKE) --no-print-directory check-old
	@scripts/cross
	@$(MAKE) --no-print-directory check-packages
	@scripts/deps disk
	@CUTS=8 $(MAKE) --no-print-directory check TESTS='$(wildcard tests/*-sync.bats)'

# Lint: each step is a target of its own.

LINT	= lint-format lint-shell lint-man lint-layers lint-circles lint-exits lint-names \
	lint-functions lint-sleep lint-os lint-packaging lint-headers lint-tidy

lint:
	@scripts/deps build lint
	@$(MAKE) --no-print-directory -k -j$(JOBS) $(if $(filter output-sync,$(.FEATURES)),-O) \
	    $(LINT)

lint-format:
	$(call say,FORMAT) $(CLANG_FORMAT) --dry-run -Werror $(filter %.c %.h,$(ALL_FILES)) \
	    $(wildcard tests/unit/*/*.[ch] tests/sim/*.[ch])

lint-shell:
	$(call say,SHELLCHECK) shellcheck -x $$(scripts/shell-files)

lint-man:
	$(call say,MANDOC) scripts/lint-man $(ALL_PAGES)

# A header is known by its name, so that must be its own.
lint-layers: lint-names
	$(call say,LAYERS) awk -f scripts/modules.awk -f scripts/layers.awk scripts/exceptions \
	    lib/README $(wildcard cmd/*/README) $(FILES) $(WITHOUT)

lint-circles: $(OBJECTS)
	$(call say,CIRCLES) scripts/lint-circles $B

lint-exits: $(LIBOBJ)
	$(call say,EXITS) nm -A -P -u $(LIBOBJ) | awk -f scripts/exits.awk lib/README -

lint-names:
	$(call say,NAMES) awk -f scripts/names.awk scripts/exceptions $(SOURCES) $(HEADERS)

lint-functions:
	$(call say,FUNCTIONS) awk -f scripts/functions.awk $(filter %.c,$(ALL_FILES)) \
	    $(wildcard tests/unit/*/*.c tests/sim/*.c)

lint-sleep:
	$(call say,SLEEP) scripts/lint-sleep

# Which system it is is asked nowhere but by the Makefile.
lint-os:
	$(call say,OS) ! grep -nE '__(linux|APPLE|[A-Za-z]*BSD)__' \
	    $(filter-out lib/os/%,$(filter %.c %.h,$(ALL_FILES)))

lint-packaging:
	$(call say,PACKAGING) scripts/lint-packaging

HEADERS_ALONE = $(HEADERS:%=$B/alone/%)
lint-headers: $(HEADERS_ALONE)
$(HEADERS_ALONE): $B/alone/%: % $(HEADERS) $B/flags
	@mkdir -p $(@D)
	@printf '#include "%s"\n#include "%s"\n' $< $< >$@.c
	@$(CC) -iquote . $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Werror \
	    $(call cflags,$<) -fsyntax-only $@.c
	@touch $@

# How far clang's analyzer looks, which takes most of the time: not far, or deep as
# `make check-all` has it.
ANALYZER ?= mode=shallow,ipa=inlining,max-inlinable-size=10
TIDY_ANALYZER = $(patsubst %,--extra-arg=-Xclang --extra-arg=%,-analyzer-config $(ANALYZER))

TIDY	= $(patsubst %.c,$B/%.tidy,$(filter %.c,$(ALL_FILES)))
lint-tidy: $(TIDY)
$(TIDY): $B/%.tidy: %.c $(HEADERS) .clang-tidy $B/flags
	@mkdir -p $(@D)
	@echo '  TIDY $<'
	@$(CLANG_TIDY) --quiet $(TIDY_ANALYZER) $< -- -std=c11 $(ALL_CPPFLAGS) $(call cflags,$<) 2>$@.err || \
	    { cat $@.err; exit 1; }
	@rm -f $@.err; touch $@

# What takes minutes, and another compiler than gcc cannot: no part of lint.
ANALYZED = $(patsubst %.c,$B/%.analyzed,$(SOURCES))
$(ANALYZED): $B/%.analyzed: %.c $(HEADERS) $B/flags
	@mkdir -p $(@D)
	$(call say,ANALYZE $<) $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fanalyzer $(call cflags,$<) -c \
	    -o /dev/null $< 2>$@.new || { cat $@.new; exit 1; }
	@mv $@.new $@

analyze:
	@scripts/deps build analyze
	@$(MAKE) --no-print-directory -k -j$(JOBS) $(ANALYZED)
	@scripts/analyze '$(CC)' $B $(PROGS)

# Installing.

# One word for the shell, whatever is in it: folders have blanks.
as_word	= '$(subst ','\'',$1)'
into	= $(call as_word,$(DESTDIR)$1)

# Who is not root need not be: said before anything is there.
INSTALL_DIRS = $(call into,$(BINDIR)) $(call into,$(DOCDIR)) $(call into,$(MANDIR))
may_install = mkdir -p $(INSTALL_DIRS) 2>/dev/null && \
	for dir in $(INSTALL_DIRS); do test -w "$$dir" || exit; done

install: all
	@($(may_install)) || { echo 'make install: cannot write below' \
	    $(call into,$(PREFIX))': as root, or for yourself alone:' \
	    'make install PREFIX=$$HOME/.local' >&2; exit 1; }
	mkdir -p $(call into,$(BINDIR)) $(call into,$(DOCDIR)) $(call into,$(BASHDIR)) \
	    $(call into,$(ZSHDIR)) $(call into,$(FISHDIR))
	install -m 755 $(BINS) $(call into,$(BINDIR))
	for page in $(PAGES); do \
	    mkdir -p $(call into,$(MANDIR))/man$${page##*.} && \
	    install -m 644 $$page $(call into,$(MANDIR))/man$${page##*.} || exit 1; done
	install -m 644 $(BASH_COMPLETIONS) $(call into,$(BASHDIR))
	install -m 644 $(ZSH_COMPLETIONS) $(call into,$(ZSHDIR))
	install -m 644 $(FISH_COMPLETIONS) $(call into,$(FISHDIR))
	install -m 644 $(DOCS) $(call into,$(DOCDIR))
	$(if $(KITS),mkdir -p $(NODE_KITS:%=$(call into,$(KITDIR)/%)) && install -m 644 $(KITS) $(call into,$(KITDIR)))
	$(foreach k,$(if $(KITS),$(NODE_KITS)),install -m 644 kit/$k/* $(call into,$(KITDIR)/$k) &&) :
	$(if $(LIBRARY),$(install_library))
	@$(index_man)

define install_library
mkdir -p $(call into,$(LIBDIR)/pkgconfig) $(call into,$(INCLUDEDIR))
	install -m 644 lib/public/par_stage.h $(call into,$(INCLUDEDIR))
	install -m 644 $B/public/libpar-stage.a $B/public/$(SONAME) $(call into,$(LIBDIR))
	ln -sf $(SONAME) $(call into,$(LIBDIR)/libpar-stage.so)
	$(call library_pc,$(LIBDIR),$(INCLUDEDIR)) >$(call into,$(LIBDIR)/pkgconfig/libpar-stage.pc)
	chmod 644 $(call into,$(LIBDIR)/pkgconfig/libpar-stage.pc)
endef

# Its own files alone: a folder may be one of others, too.
KITS	:= $(wildcard kit/*.*)
NODE_KITS := node/par-client node/par-stage
DOCS	= README.md CHANGELOG.md LICENSE

uninstall:
	rm -f $(foreach p,$(ALL_PROGS),$(call into,$(BINDIR)/$p))
	rm -f $(foreach p,$(ALL_PAGES),$(call into,$(MANDIR)/man$(subst .,,$(suffix $p))/$(notdir $p)))
	rm -f $(foreach p,$(ALL_PROGS),$(call into,$(BASHDIR)/$p) $(call into,$(ZSHDIR)/_$p) \
	    $(call into,$(FISHDIR)/$p.fish))
	rm -f $(foreach p,$(DOCS),$(call into,$(DOCDIR)/$p))
	rm -f $(foreach f,$(KITS),$(call into,$(KITDIR)/$(notdir $f)))
	rm -f $(foreach f,$(wildcard $(NODE_KITS:%=kit/%/*)),$(call into,$(KITDIR)/$(f:kit/%=%)))
	for dir in $(NODE_KITS:%=$(call into,$(KITDIR)/%)) $(call into,$(KITDIR)/node) $(call into,$(KITDIR)); do \
	    if [ -d "$$dir" ]; then rmdir "$$dir" || :; fi; done
	rm -f $(call into,$(INCLUDEDIR)/par_stage.h) $(call into,$(LIBDIR)/pkgconfig/libpar-stage.pc) \
	    $(foreach f,a so so.1,$(call into,$(LIBDIR)/libpar-stage.$f))
	if [ -d $(call into,$(DOCDIR)) ]; then rmdir $(call into,$(DOCDIR)) || :; fi
	@$(index_man)

# For apropos(1).  A staged tree is indexed by whoever installs it.  man-db has an index
# for each name that it knows a folder by, as where /usr/local/man is a link, and uses one.
index_man = if [ -n $(call as_word,$(DESTDIR)) ]; then :; \
	elif command -v mandb >/dev/null 2>&1; then \
	    for dir in $(call as_word,$(MANDIR)) $$(manpath -q 2>/dev/null | tr : ' '); do \
		if [ "$$dir" -ef $(call as_word,$(MANDIR)) ]; then \
		    mandb -q "$$dir" 2>/dev/null || :; fi; done; \
	elif command -v makewhatis >/dev/null 2>&1; then \
	    makewhatis $(call as_word,$(MANDIR)) || :; fi

HTML	?= build/html
html:
	@command -v mandoc >/dev/null || { echo 'make html needs mandoc' >&2; exit 1; }
	$(call say,HTML $(HTML)) scripts/html $(HTML) $(ALL_PAGES)

DIST	?= build/par-$(VERSION).tar.gz
dist:
	@mkdir -p $(dir $(DIST))
	$(call say,DIST $(DIST)) scripts/dist $(VERSION) $(DIST)

ARCH	?=
deb:
	@scripts/deb $(VERSION) build/deb $(ARCH)

check-packages:
	@scripts/deps build packages
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@scripts/check-packages

STATIC	?=
static:
	@scripts/static $(VERSION) $(STATIC)

# Other things.

DEPS	?= build demo check
deps:
	@scripts/deps $(DEPS)
	@scripts/deps -n $(filter-out $(DEPS),lint bench)

demo:
	@scripts/deps build demo
	@$(MAKE) --no-print-directory -j$(JOBS) $(BINS)
	@PATH='$(abspath $B/bin)':"$$PATH" examples/crawl-demo

clean:
	rm -rf build

help:
	@awk '/^#:/ { print substr($$0, 4) }' Makefile

.PHONY: all left-out check unit units sim sim-build sanitize bench chaos torture mutants cross check-all lint $(LINT) analyze install uninstall html dist deb static check-packages deps demo clean help FORCE
.DELETE_ON_ERROR:
