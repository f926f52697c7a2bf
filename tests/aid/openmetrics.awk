# SPDX-License-Identifier: ISC
#
# Is a file OpenMetrics text, strictly?  Prints its samples, or what is wrong with a line.
# Of types there may be what ours have: counters and gauges.
function bad(why) {
	print FILENAME ":" FNR ": " why ": " $0
	failed = 1
	exit 1
}
function family_of(sample) {
	return type[now] == "counter" ? now "_total" : now
}
ended { bad("behind the end") }
$0 == "# EOF" { ended = 1; next }
/^# TYPE / {
	if ($0 !~ /^# TYPE [a-z_]+ (counter|gauge)$/) bad("form")
	if ($3 in type) bad("a family twice")
	if ($3 ~ /_total$/) bad("a family has no _total")
	now = $3
	type[now] = $4
	sampled = 0
	next
}
/^# HELP / {
	if ($3 != now || sampled || NF < 4) bad("help is of the family that has begun, before its samples")
	if ($3 in helped) bad("help twice")
	helped[$3]
	next
}
{
	if ($0 !~ /^[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? [0-9.e+-]+$/) bad("form")
	name = $1
	sub(/\{.*/, "", name)
	if (name != family_of(now)) bad("not under its family, or not named as its type is")
	if (!(now in helped)) bad("no help")
	if ($1 in seen) bad("twice")
	seen[$1]
	sampled = 1
	print
}
END {
	if (!failed && !ended) {
		print FILENAME ": no # EOF"
		exit 1
	}
}
