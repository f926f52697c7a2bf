#!/bin/sh
#SBATCH --job-name=par-fib
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=2
# Slurm: each task of a batch job takes every n-th record of a shared file.
#
#	sbatch slurm.sh INPUT OUTPUT      INPUT: numbers, one a line
#
# srun copies its standard input to every task, so each would do all of it: the tasks
# read the file themselves.  par-run uses the processors that Slurm has bound the task
# to, and remembers how far it is: a job that was killed, or requeued, goes on there.
set -eu
case ${1-} in
task)
	out=$3.$SLURM_PROCID
	awk -v n="$SLURM_NTASKS" -v i="$SLURM_PROCID" 'NR % n == i' "$2" >"$out.in"
	exec par-run -o "$out" --checkpoint "$out.state" par-fib <"$out.in"
	;;
esac
srun --kill-on-bad-exit=1 sh "$0" task "$1" "$2"
i=0
while [ "$i" -lt "$SLURM_NTASKS" ]; do
	cat "$2.$i"
	i=$((i + 1))
done >"$2"
