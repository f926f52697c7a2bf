# shellcheck shell=bash
# For tests of --map: filters that hold back what they write, and records of 100 bytes,
# 10 and 100 KB.  (cat and sed -u, which hide what goes wrong then, hold nothing.)

FILTERS=(awk cut mawk perl python3 rev sed tr)
FILTER_SIZES=(100 10000 100000)
FILTER=$BATS_TEST_DIRNAME/aid/filter

# filter_records SIZE MEGABYTES: numbered records of about SIZE bytes
filter_records() {
	awk -v size="$1" -v all="$2" 'BEGIN {
		for (x = "x"; length(x) < size; x = x x)
			;
		for (n = 1; n <= all * 1000000 / size; n++)
			print n "\t" substr(x, 1, size) }'
}

# through_filters MEGABYTES COMMAND...: COMMAND, with a filter behind it, makes of each
# size of records what the filter does alone; in order if -k is among its words.
through_filters() {
	local megabytes=$1 size name sorted='sort'

	shift
	[[ " $* " != *' -k '* ]] || sorted='cat'
	for size in "${FILTER_SIZES[@]}"; do
		filter_records "$size" "$megabytes" >filter.in
		for name in "${FILTERS[@]}"; do
			echo "$size $name: $*"
			"$FILTER" "$name" <filter.in | $sorted >filter.want
			timeout -s KILL "$DEADLINE" "$@" "$FILTER" "$name" <filter.in >filter.out || return
			$sorted <filter.out | cmp - filter.want || return
		done
	done
}
