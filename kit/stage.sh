# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC3043 # local: dash, busybox and bash have it
#
# Native stages of par-stage(7) in shell: see par-stage-shell(7).
#
#	. stage.sh
#	par_open
#	while par_next; do
#		par_put "$par_record again"
#		par_done
#	done
#	par_finish
#
# The supervisor hears of records by descriptor 9, which is the stage's own.

# par_open [WORD...]: say hello, with words of the first line.
par_open() {
	par_number=-1 par_out='' par_status=0 par_native=''
	case ${PAR_STAGE-} in
	*[!0-9:]* | '') ;;
	*:$$)
		eval "exec 9>&${PAR_STAGE%:*}" || exit 3
		[ "${PAR_STAGE%:*}" = 9 ] || [ "${#PAR_STAGE}" -lt 2 ] || par_close_other
		par_native=1
		;;
	esac
	unset PAR_STAGE PAR_STAGE_TAKES
	[ -z "$par_native" ] || par_say "par-stage 1${*:+ $*}"
}

# The supervisor's descriptor is open twice, and most shells can close one digit alone.
par_close_other() {
	case ${PAR_STAGE%:*} in
	[3-8]) eval "exec ${PAR_STAGE%:*}>&-" ;;
	esac
}

par_say() {
	printf '%s\n' "$1" >&9 || exit 3
}

# The next record, to par_record; false after the last.
par_next() {
	par_out='' par_record=''
	par_number=$((par_number + 1))
	IFS= read -r par_record || [ -n "$par_record" ]
}

# par_put LINE...: add records to the output of the one at hand.
par_put() {
	local line

	for line; do
		par_out="$par_out$line
"
	done
}

# What became of the record at hand.
par_done() {
	par_tell ok
}

par_fail() {
	par_tell fail "${1:-failed}"
}

par_retry() {
	par_tell retry "${1:-failed}"
}

par_tell() {
	local LC_ALL=C # so that bytes are counted, and not characters

	[ -z "$par_out" ] || printf %s "$par_out" || exit 3
	if [ -n "$par_native" ]; then
		par_say "$par_number ${#par_out} $1${2:+ $2}"
	elif [ "$1" != ok ]; then
		par_status=1
		printf '%s: %s: %s\n' "${0##*/}" "$par_record" "$2" | tr '\001-\011\013-\037\177' '?' >&2
	fi
}

# End with the exit status that the stage should have.
par_finish() {
	exit "$par_status"
}
