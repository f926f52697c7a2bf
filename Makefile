# par - small programs that make Unix pipelines parallel.
#
# A folder cmd/NAME is a program; cmd/NAME/packages, where there is one, names
# the pkg-config packages that it needs.  Nothing here lists programs by name.
#
#	make CC=clang            another compiler
#	make SAN=address,undefined   a build with sanitizers, in a folder of its own
#	make PREFIX=/usr DESTDIR=stage install

VERSION	= 0.1.0
PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
MANDIR	?= $(PREFIX)/share/man
PKG_CONFIG ?= pkg-config
SAN	?=
-include config.mk

comma	:= ,
B	?= build/$(notdir $(firstword $(CC)))$(if $(SAN),-$(subst $(comma),-,$(SAN)))

CFLAGS	?= -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef \
	-Wformat=2 -Wswitch-enum
HARDEN	= -fstack-protector-strong -fPIE $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
ALL_CPPFLAGS = -D_GNU_SOURCE -DPAR_VERSION='"$(VERSION)"' -Ilib $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARNINGS) $(HARDEN) $(SAN:%=-fsanitize=%) \
	$(if $(SAN),-fno-omit-frame-pointer -fno-sanitize-recover=all) $(CFLAGS)
ALL_LDFLAGS = -pie $(SAN:%=-fsanitize=%) $(LDFLAGS)

PROGS	:= $(notdir $(patsubst %/,%,$(wildcard cmd/*/)))
BINS	:= $(PROGS:%=$B/bin/%)
PAGES	:= $(wildcard man/*.[1-9])
LIBOBJ	:= $(patsubst %.c,$B/%.o,$(wildcard lib/*.c))
packages = $(shell cat cmd/$1/packages 2>/dev/null)

all: $(BINS)

define program
$B/bin/$1: $(patsubst %.c,$B/%.o,$(wildcard cmd/$1/*.c)) $B/libpar.a
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ \
	    $(if $(call packages,$1),$$$$($$(PKG_CONFIG) --libs $(call packages,$1))) $$(LDLIBS)

$B/cmd/$1/%.o: cmd/$1/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CPPFLAGS) $$(ALL_CFLAGS) \
	    $(if $(call packages,$1),$$$$($$(PKG_CONFIG) --cflags $(call packages,$1))) \
	    -MMD -MP -c -o $$@ $$<
endef
$(foreach p,$(PROGS),$(eval $(call program,$p)))

$B/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/libpar.a: $(LIBOBJ)
	rm -f $@ && $(AR) rcs $@ $(LIBOBJ)

-include $(wildcard $B/lib/*.d $B/cmd/*/*.d)

clean:
	rm -rf build

.PHONY: all clean
.DELETE_ON_ERROR:
