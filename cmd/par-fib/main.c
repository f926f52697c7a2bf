/* SPDX-License-Identifier: ISC */
/*
 * par-fib(1) - F(n) for each n on standard input.
 *
 *	main.c    options and the loop over records (this file)
 *	fib.[ch]  reading n; F(n) in decimal, on GMP integers
 */
#include <string.h>
#include <unistd.h>

#include "fib.h"
#include "opt.h"
#include "stage.h"

enum { LONG_WORK = 20000 }; /* from this n on, what is finished does not wait */

/* Put n, TAB, F(n).  NULL, or why the record failed. */
static const char *
answer(struct stage *stage, const struct record *rec, uint64_t max)
{
	const char *why;
	uint64_t n;
	char *room, *to;

	why = fib_parse(rec->data, rec->len, max, &n);
	if (why != NULL)
		return why;
	if (n >= LONG_WORK)
		stage_flush(stage);
	room = stage_reserve(stage, rec->len + fib_room(n) + 2);
	memcpy(room, rec->data, rec->len);
	to = room + rec->len;
	*to++ = '\t';
	to = fib_decimal(to, n);
	*to++ = '\n';
	writer_commit(&stage->out, (size_t)(to - room));
	return NULL;
}

int
main(int argc, char **argv)
{
	uint64_t max = 10000000, max_record = RECORD_LIMIT;
	const struct opt opts[] = {
		{ 'm', "max", OPT_NUMBER, &max, "N", "fail n above N (default 10000000)",
		    0, FIB_MAX, NULL },
		{ 0, "max-record", OPT_SIZE, &max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0 },
	};
	const struct opt_program program = { .name = "par-fib",
		.synopsis = "[-m N] [--max-record SIZE]",
		.about = "Print n, a TAB and the Fibonacci number F(n) for each n on "
			 "standard input.",
		.opts = opts };
	struct stage stage;
	struct record rec;

	if (opt_parse(&program, argc, argv) < argc)
		opt_misuse(&program, "takes no operands");
	stage_open(&stage,
	    &(struct stage_plan){
		.in = STDIN_FILENO, .out = STDOUT_FILENO, .max_record = max_record });
	while (stage_next(&stage, &rec) == RECORD_OK) {
		const char *why = answer(&stage, &rec, max);

		if (why != NULL)
			stage_fail(&stage, &rec, why);
		else
			stage_ok(&stage, rec.number);
	}
	return (int)stage_close(&stage);
}
