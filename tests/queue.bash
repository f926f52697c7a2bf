# shellcheck shell=bash
# Sourced after redis: the same test with a queue of each kind of engine.

# on_each TEST: run it in a folder of its own with each, and $engine its name.  ENGINES
# names some of them.
on_each() {
	for engine in ${ENGINES:-redis file postgres}; do
		mkdir "$engine"
		cd "$engine" || return
		case $engine in
		redis) redis_start ;;
		file) export PAR_QUEUE_URL=file:$PWD/queues ;;
		postgres) [ -z "${PG-}" ] || postgres_base ;;
		esac
		echo "# with the engine $engine"
		[[ $engine == postgres && -z ${PG-} ]] || "$@"
		cd .. || return
	done
}

# work OPTION... QUEUE -- STAGE...: until the queue is empty
work() { timeout "$DEADLINE" par-queue work --once "$@"; }

# slow_stage NAME: one that does no record before there is a file NAME.go; it says
# in NAME.has which it has
slow_stage() {
	cat >"$1" <<-END
		#!/usr/bin/env python3
		import os, sys, time
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    with open("$1.has", "a") as has:
		        has.write(line)
		    while not os.path.exists("$1.go"):
		        time.sleep(.005)
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x "$1"
}
