#!/bin/sh
# A native stage in a few lines of shell: n in, n and its square out.  By hand:
# seq 3 | ./stage.sh; eight at a time, exactly once: seq 999 | par-run -n 8 ./stage.sh
case ${PAR_STAGE-} in
*:$$) exec 9>&"${PAR_STAGE%:*}" && echo 'par-stage 1 window=64' >&9 ;;
*) exec 9>/dev/null ;;
esac
unset PAR_STAGE
i=0
while IFS= read -r n; do
	case $n in
	'' | *[!0-9]*) echo "$i 0 fail not a number" >&9 ;;
	*) out="$n	$((n * n))" && echo "$out" && echo "$i $((${#out} + 1)) ok" >&9 ;;
	esac
	i=$((i + 1))
done
