# SPDX-License-Identifier: ISC
# The simulator: par-run, with a main() of another name, on a system that is simulated.
# Each call that calls.h declares leads there, and one of its own that inside.h does.
SIM	= $B/sim/par-run
SIM_OBJECTS := $(patsubst %.c,$B/%.o,$(wildcard tests/sim/*.c))
SIM_WRAPPED := $(sort $(patsubst __wrap_%,%,$(shell grep -ho '__wrap_[a-z_0-9]*' tests/sim/*.h)))
OBJCOPY	?= objcopy
# This one looks at the books of the program.
SIM_INSIDE = tests/sim/inside.c
SIM_CFLAGS = $B/cmd/par-run/cflags
$B/tests/sim/inside.o: $(SIM_CFLAGS)

$B/sim/par-run-main.o: $B/cmd/par-run/main.o
	@mkdir -p $(@D)
	$(call say,OBJCOPY $@) $(OBJCOPY) --redefine-sym main=par_run_main $< $@

# Bound before it forks, not in each life.
$(SIM): $(SIM_OBJECTS) $B/sim/par-run-main.o $B/par-run.a $B/libpar.a
	$(call say,LINK $@) $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,-z,now \
	    $(SIM_WRAPPED:%=-Wl,--wrap=%) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

sim-build: $(SIM)

sim: sim-build
	@$(SIM) $(SEED) $(COUNT)
