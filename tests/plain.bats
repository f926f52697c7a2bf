#!/usr/bin/env bats
# A faster way is only that: each program does its main job where a system, or the filter
# of a container, refuses the calls that others can do without.
load helper
load redis
load site

# What tests/aid/without takes: splice(2) and the like; FIONREAD, the size of a pipe,
# O_TMPFILE, and processes that share memory until they have called exec.
calls=(splice tee vmsplice sendfile copy_file_range ioctl:1=0x541B fcntl:1=1031 fcntl:1=1032
	'openat:2&0x400000' 'clone:0&0x4000' memfd_create pidfd_open pidfd_send_signal epoll_create1
	epoll_ctl epoll_pwait eventfd2 signalfd4 timerfd_create inotify_init1 io_uring_setup renameat2
	close_range prctl fallocate fadvise64 madvise sched_getaffinity getrandom statx preadv2
	pwritev2 membarrier rseq sync_file_range syncfs sysinfo setpriority accept4 sendmmsg
	unshare landlock_create_ruleset)

setup_file() {
	cc -O1 -o "$BATS_FILE_TMPDIR/without" "$BATS_TEST_DIRNAME/aid/without.c"
}

prepare() {
	PATH=$BATS_FILE_TMPDIR:$PATH
	without EPERM splice true || skip "this system has no filters of calls"
	[[ $(uname -m) != x86_64 ]] || calls+=(epoll_wait)
	# the sanitizers ask for the stack of a thread by it
	[[ -z ${SANITIZED-} ]] || calls=("${calls[@]/#sched_getaffinity/getrandom}")
	seq 20000 >in
	awk '{ printf "%d ", $1; for (i = 0; i < 400; i++) printf "%d", $1; print "" }' in | head -n 3000 >large
	printf 'http://h/%d\t200\ttext/html\thttp://h/\t\t<a href=/%d>x</a>\n' {1..40} >pages
	seq 40 >few
	{
		printf 'record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason\n'
		awk '{ printf "%d\t%d\t17000000%02d.000\t1.500\t3\t4\t1\t%s\n", $1, $1 % 3, $1, $1 % 9 ? "done\t" : "failed\tno" }' few
	} >log
	sort in >sorted
	sort few >few_sorted
}

# job PROGRAM COMMAND...: the main job of the program, by COMMAND; what comes of it.
job() {
	local program=$1

	shift
	case $program in
	par-run)
		"$@" par-run -n 2 par-gather <large | sort
		"$@" par-run -n 2 -k -b 300K cat <large
		"$@" par-run -n 2 -k --map cut -c 1-9 <in
		"$@" par-run -n 2 -k -I '' par-run -n 2 par-fib <few
		;;
	par-split)
		"$@" par-split -c -i large a b && cat a b
		mkfifo f g
		cat f >f.out 3>&- & readers=("$!")
		cat g >g.out 3>&- & readers+=("$!")
		"$@" par-split -c -i large f g && wait "${readers[@]}" && cat f.out g.out
		"$@" par-split a b <in && sort a b
		rm f g
		;;
	par-gather)
		"$@" par-gather -g <in | sort
		"$@" par-gather -m sorted few_sorted
		;;
	par-fib) "$@" par-fib <few ;;
	par-links) "$@" par-links <pages 2>/dev/null ;;
	par-fetch) sed "s|.*|$SITE_URL/?&|" few | "$@" par-fetch 2>&1 | cut -f 1,2 | sort ;;
	par-cache)
		rm -rf store
		"$@" par-cache -d store par-fib <few
		"$@" par-cache -d store par-fib <few
		;;
	par-queue)
		redis FLUSHALL >/dev/null
		"$@" par-queue put q <few && "$@" par-queue work --once q -- par-run -n 2 par-fib &&
			"$@" par-queue get q | sort
		;;
	par-report)
		"$@" par-report log pages
		"$@" par-report --text <log
		"$@" par-report -o report --svg log && cat report
		;;
	par-frontier) sed 's|^|http://h/|' few | "$@" par-frontier cat | sort ;;
	par-top) "$@" par-top --json | grep -oE '"(command|workers|done)":[^,]*' ;;
	esac
}

# stands PROGRAM: its job is done as well without each of the calls, and without all.
stands() {
	local call error all

	: >want
	job "$1" env >want 2>err
	[ -s want ]
	all=$(IFS=, && echo "${calls[*]}")
	[[ -z ${SANITIZED-} ]] || calls=() # each way back is run where all are
	for error in EPERM ENOSYS; do
		for call in "${calls[@]}" "$all"; do
			job "$1" without "$error" "$call" >got 2>err || { echo "$1: $error $call" && cat err; return 1; }
			cmp want got || { echo "$1: $error $call" && cat err; return 1; }
			[ ! -s err ] || { echo "$1: $error $call" && cat err; return 1; }
		done
	done
	job "$1" env PAR_PLAIN=1 >got 2>err
	cmp want got
}

@test "plain: par-run without each faster way, and without all" { stands par-run; }
@test "plain: par-split without each faster way, and without all" { stands par-split; }
@test "plain: par-gather without each faster way, and without all" { stands par-gather; }
@test "plain: par-fib without each faster way, and without all" { stands par-fib; }
@test "plain: par-links without each faster way, and without all" { stands par-links; }
@test "plain: par-cache without each faster way, and without all" { stands par-cache; }
@test "plain: par-report without each faster way, and without all" { stands par-report; }
@test "plain: par-frontier without each faster way, and without all" { stands par-frontier; }

@test "plain: what waits for its turn is put aside where no room can be kept for it" {
	local error

	mkfifo go
	# the first is done when 90 MB wait for it
	cat >stage <<-'END'
	[ "$1" != 1 ] || { read -r _ <go && echo 1 && exit; }
	head -c 30000000 /dev/zero | tr '\0' "$1" && echo
	[ "$1" != 4 ] || echo >go
	END
	for error in EPERM ENOSYS; do
		seq 4 | timeout -k 1 "$DEADLINE" without "$error" fallocate par-run -k -n 2 sh stage {} |
			tr -s 1-4 | cmp - <(seq 4)
	done
}

@test "plain: par-top without each faster way, and without all" {
	export XDG_RUNTIME_DIR=$PWD/run
	mkdir -m 700 run
	mkfifo wait
	exec {held}<>"$PWD/wait"
	background bash -c 'exec par-run -n 2 --map cat <wait'
	looked() { par-top --json | grep -q .; }
	eventually looked
	stands par-top
	exec {held}>&-
}

@test "plain: par-fetch without each faster way, and without all" {
	site_start
	stands par-fetch
}

@test "plain: par-queue without each faster way, and without all" {
	redis_start
	stands par-queue
}
