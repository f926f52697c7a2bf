/* SPDX-License-Identifier: ISC */
/*
 * par-fib(1) - F(n) for each n of the input.
 * README lists its files, lowest layer first.
 */
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "ends.h"
#include "fib.h"
#include "fifo.h"
#include "opt.h"
#include "roles.h"
#include "sig.h"
#include "stage.h"

struct fib_plan {
	uint64_t max, mod, wait_ms, max_record; /* mod: 0 if not given */
	bool digits;
	const char *output;
};

static char *
reserve(struct stage *stage, size_t len)
{
	char *room = stage_reserve(stage, len);

	if (room == NULL)
		die_of(&stage->trouble);
	return room;
}

/* Put n, TAB, the answer.  NULL, or why the record failed. */
static const char *
answer(struct stage *stage, struct fib *fib, const struct record *rec)
{
	const char *why;
	uint64_t n;
	char *room, *to;

	why = fib_parse(fib, rec->data, rec->len, &n);
	if (why != NULL)
		return why;
	if (fib_is_long(fib, n) && stage_flush(stage) < 0)
		die_of(&stage->trouble);
	room = reserve(stage, rec->len + fib_room(fib, n) + 2);
	memcpy(room, rec->data, rec->len);
	to = room + rec->len;
	*to++ = '\t';
	to = fib_answer(fib, to, n);
	if (to == NULL)
		return "too close to a power of ten to tell";
	*to++ = '\n';
	writer_commit(&stage->out, (size_t)(to - room));
	return NULL;
}

/* Put n, TAB and the answer of a small n, as most are: no number is computed. */
static bool
answer_small(struct stage *stage, const struct fib *fib, const struct record *rec)
{
	int n = fib_parse_small(fib, rec->data, rec->len);
	char *room;

	if (n < 0)
		return false;
	if (stage->out.size - stage->out.used >= FIB_SMALL_ROOM + 2)
		room = stage->out.buffer + stage->out.used;
	else
		room = reserve(stage, FIB_SMALL_ROOM + 2);
	room[0] = rec->data[0];
	room[rec->len - 1] = rec->data[rec->len - 1];
	memcpy(room + rec->len, fib->small[n].text, FIB_SMALL_ROOM);
	writer_commit(&stage->out, rec->len + fib->small_len[n]);
	stage_ok(stage, rec->number);
	return true;
}

/* Answer all records of the input at work. */
static void
answer_all(struct stage *stage, struct fib *fib)
{
	struct record rec;

	while (stage_next(stage, &rec) == RECORD_OK) {
		const char *why;

		if (answer_small(stage, fib, &rec))
			continue;
		why = answer(stage, fib, &rec);
		if (why != NULL)
			stage_fail(stage, &rec, why);
		else
			stage_ok(stage, rec.number);
	}
}

static enum status
run(const struct fib_plan *plan, char *const *paths, size_t count)
{
	struct fib fib;
	struct stage stage;
	struct ends ends;
	enum status status;
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add_inputs(&roles, paths, count);
	roles_add(&roles, ROLE_OUTPUT, "-o", plan->output);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
	if (ends_open(&ends, paths, count, plan->output, plan->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends.name, fifo_why(errno));
	if (count == 0)
		diag_awaits("numbers");
	fib_open(&fib,
	    plan->digits	? FIB_DIGITS
		: plan->mod > 0 ? FIB_MOD
				: FIB_NUMBER,
	    plan->mod, plan->max);
	if (stage_open(&stage,
		&(struct stage_plan){ .in = -1,
		    .out = ends.out,
		    .out_name = ends.out_name,
		    .max_record = plan->max_record,
		    .records = "numbers",
		    .says = &diag_says }) < 0)
		die_of(&stage.trouble);
	while (stage_next_input(&stage, &ends))
		answer_all(&stage, &fib);
	ends_close(&ends);
	fib_close(&fib);
	if (stage_close(&stage, &status) < 0)
		die_of(&stage.trouble);
	return status;
}

int
main(int argc, char **argv)
{
	struct fib_plan plan = { .max = UINT64_MAX, .max_record = RECORD_LIMIT };
	const struct opt opts[] = {
		{ .help = "Numbers" },
		{ 'd', "digits", OPT_FLAG, .flag = &plan.digits, NULL,
		    "print how many decimal digits F(n) has", 0, 0, NULL },
		{ 'M', "mod", OPT_NUMBER, .number = &plan.mod, "M", "print F(n) modulo M",
		    1, 0, NULL },
		{ 'm', "max-n", OPT_NUMBER, .number = &plan.max, "N",
		    "fail n above N (default 10000000; no limit with -d and -M)", 0, 0,
		    NULL },
		{ .help = "Input and output" },
		{ 'o', "output", OPT_STRING, .text = &plan.output, "FILE",
		    "write to FILE, not to standard output", 0, 0, NULL },
		{ 0, "max-record", OPT_SIZE, .number = &plan.max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "wait", OPT_DURATION, .number = &plan.wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0 },
	};
	const struct opt_program program = { .name = "par-fib",
		.synopsis = "[-d | -M M] [-m N] [-o FILE] [OPTION ...] [FILE ...]",
		.about = "Print n, a TAB and the Fibonacci number F(n) for each n of the "
			 "input.",
		.opts = opts,
		.examples =
		    "  seq 90 94 | par-fib                        n, TAB, F(n)\n"
		    "  seq 90 94 | par-run -n 4 par-fib           on four processors\n"
		    "  echo 1000000000000 | par-fib -M 1000       the last digits\n" };
	int first;

	sig_begin();
	first = diag_options(&program, argc, argv);
	if (plan.digits && plan.mod > 0)
		die_misuse("--digits does not go with --mod");
	if (plan.max == UINT64_MAX && !plan.digits && plan.mod == 0)
		plan.max = 10000000;
	if (plan.max > FIB_MAX && !plan.digits && plan.mod == 0)
		die_misuse("--max-n: %llu: more than 10000000000 needs -d or -M",
		    (unsigned long long)plan.max);
	return (int)run(&plan, argv + first, (size_t)(argc - first));
}
