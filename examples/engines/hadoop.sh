#!/bin/bash
# Hadoop Streaming: how many links lead to each page.
#
#	hadoop.sh INPUT OUTPUT      INPUT: files of URLs, one a line
#
# The mapper gets lines, but with some input formats KEY TAB LINE; the key is
# ignored here.  What it writes up to the first TAB is the key by which lines come to
# a reducer, sorted.  A task whose status is not 0 is run again elsewhere, four times
# by default, and its output is thrown away: a page that cannot be had (status 1) must
# not fail the task, and is named in the task's log; anything else must.  Standard
# error lines that begin with "reporter:" are Hadoop's; ours never do.
set -eu
case ${1-} in
map)
	set +e
	par-run par-fetch | par-links | cut -f 2
	status=("${PIPESTATUS[@]}")
	((status[0] <= 1 && status[1] <= 1 && status[2] == 0))
	exit
	;;
reduce)
	exec par-gather --count
	;;
esac
exec mapred streaming \
	-D mapreduce.job.reduces=2 \
	-D stream.map.input.ignoreKey=true \
	-inputformat org.apache.hadoop.mapred.lib.NLineInputFormat \
	-files "$0" \
	-input "$1" -output "$2" \
	-mapper "bash ${0##*/} map" \
	-reducer "bash ${0##*/} reduce"
