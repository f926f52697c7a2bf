#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Fibonacci numbers: small ones by the million, beside CPython's loop, and one of
# two million digits, beside a program that only calls GMP.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

records=${BENCH_RECORDS:-5000000}
yes "$(seq 0 90)" | head -n "$records" >in
cat >fib.py <<'PYTHON'
import sys

def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

sys.set_int_max_str_digits(0)
for line in sys.stdin:
    n = int(line)
    print(n, fib(n), sep="\t")
PYTHON
cat >fib.c <<'C'
#include <gmp.h>
#include <stdio.h>

int
main(void)
{
	unsigned long n;
	mpz_t f;

	mpz_init(f);
	while (scanf("%lu", &n) == 1) {
		mpz_fib_ui(f, n);
		gmp_printf("%lu\t%Zd\n", n, f);
	}
	return 0;
}
C
${CC:-cc} -O2 -o fib-gmp fib.c -lgmp

compare "n from 0 to 90" "$records" records/s
measure "par-fib" "par-fib <in"
measure "a program that only calls GMP" "./fib-gmp <in"
compare "n from 0 to 90, a hundredth of that" "$((records / 100))" records/s
head -n "$((records / 100))" in >few
measure "par-fib" "par-fib <few"
measure "CPython's loop" "python3 fib.py <few" python3

compare "F(10000000)" 1 numbers/s
measure "par-fib" "echo 10000000 | par-fib"
measure "a program that only calls GMP" "echo 10000000 | ./fib-gmp"
compare "F(200000)" 1 numbers/s
measure "par-fib" "echo 200000 | par-fib"
measure "CPython's loop" "echo 200000 | python3 fib.py" python3
