#!/bin/sh
# SPDX-License-Identifier: ISC
# What stage.c beside it does, by stage.sh.
# shellcheck disable=SC2317,SC1003 # functions by name; a backslash
# shellcheck source=kit/stage.sh
. "$PAR_SHARE/stage.sh"

first_to_come() {
	(set -C && : >"$1") 2>/dev/null
}

mixed() {
	case $par_record in
	3) ;;
	2) par_put 'result 2' '' 'a\tb\0c\\' ;;
	4) par_put 'result 4' "$(printf '%0300000d' 0 | tr 0 x)" ;;
	*) par_put "result $par_record" ;;
	esac
	par_done
}

fails() {
	if [ "$par_record" = 6 ]; then
		par_retry 'not now'
		return
	fi
	par_put "result $par_record"
	if [ "$par_record" = 5 ]; then par_fail 'no good'; else par_done; fi
}

once() {
	if [ "$par_record" = 5 ] && first_to_come met5; then
		par_put resu
		par_retry 'not now'
		return
	fi
	if [ "$par_record" = 6 ] && first_to_come met6; then
		printf resu
		kill -9 $$
	fi
	par_put "result $par_record"
	par_done
}

par_open window=64
while par_next; do "$1"; done
par_finish
