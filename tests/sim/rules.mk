# SPDX-License-Identifier: ISC
# The simulator: par-run, with a main() of another name, on a system that is simulated.
# Each call that tests/sim/calls.h declares leads there.
SIM	= $B/sim/par-run
SIM_OBJECTS := $(patsubst %.c,$B/%.o,$(wildcard tests/sim/*.c))
SIM_WRAPPED := $(sort $(patsubst __wrap_%,%,$(shell grep -o '__wrap_[a-z_0-9]*' tests/sim/calls.h)))
OBJCOPY	?= objcopy

$B/sim/par-run-main.o: $B/cmd/par-run/main.o
	@mkdir -p $(@D)
	$(call say,OBJCOPY $@) $(OBJCOPY) --redefine-sym main=par_run_main $< $@

$(SIM): $(SIM_OBJECTS) $B/sim/par-run-main.o $B/par-run.a $B/libpar.a
	$(call say,LINK $@) $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) \
	    $(SIM_WRAPPED:%=-Wl,--wrap=%) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

sim-build: $(SIM)

sim: sim-build
	@$(SIM) $(SEED) $(COUNT)
