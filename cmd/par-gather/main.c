/* SPDX-License-Identifier: ISC */
/*
 * par-gather(1) - many streams to one, by whole records; groups and reduces.
 * README lists its files, lowest layer first.
 */
#include <string.h>

#include "gather.h"
#include "gather_plan.h"
#include "groups.h"
#include "merge.h"
#include "num.h"
#include "opt.h"
#include "sig.h"

/* Let column kind of the field that value names be shown, too. */
static const char *
add_column(struct gather_plan *plan, enum column_kind kind, const char *value)
{
	struct column column = { .kind = kind };

	if (plan->columns_count == PLAN_COLUMNS)
		return "too many columns, 64 at the most";
	if (value != NULL && num_parse(value, 1, UINT32_MAX, &column.field) < 0)
		return "not a field number, counted from 1";
	plan->columns[plan->columns_count++] = column;
	return NULL;
}

static const char *
add_count(void *plan, const char *value)
{
	(void)value;
	return add_column(plan, COLUMN_COUNT, NULL);
}

static const char *
add_sum(void *plan, const char *value)
{
	return add_column(plan, COLUMN_SUM, value);
}

static const char *
add_min(void *plan, const char *value)
{
	return add_column(plan, COLUMN_MIN, value);
}

static const char *
add_max(void *plan, const char *value)
{
	return add_column(plan, COLUMN_MAX, value);
}

static const char *
add_mean(void *plan, const char *value)
{
	return add_column(plan, COLUMN_MEAN, value);
}

static const char *
set_key(void *target, const char *value)
{
	struct gather_plan *plan = target;

	plan->key_given = true;
	if (num_parse(value, 0, UINT32_MAX, &plan->key) < 0)
		return "not a field number, counted from 1, or 0";
	return NULL;
}

/* Is anything to be shown of numbers in fields? */
static bool
of_numbers(const struct gather_plan *plan)
{
	for (size_t i = 0; i < plan->columns_count; i++)
		if (plan->columns[i].kind != COLUMN_COUNT)
			return true;
	return false;
}

/* What fits with what; NULL, or what does not. */
static const char *
conflict(struct gather_plan *plan)
{
	bool asked = plan->first > 0 || plan->json || plan->join_keys != NULL;

	/* What is said of values needs values. */
	if (asked && plan->columns_count == 0)
		plan->group = true;
	if (plan->merge && (gather_plan_groups(plan) || plan->follow || plan->top > 0))
		return "--merge does not go with --follow, --top, or what groups";
	if ((plan->numeric || plan->reverse) && !plan->merge)
		return "--numeric and --reverse need --merge";
	if (plan->numbers_only && !of_numbers(plan))
		return "--numbers-only needs --max, --mean, --min or --sum";
	if (plan->first > 0 && plan->columns_count > 0)
		return "--first does not go with numbers: it shows values";
	if (plan->top > 0 && plan->columns_count == 0)
		return "--top needs a number to go by, such as --count";
	if (plan->group && of_numbers(plan))
		return "--group does not go with numbers other than --count: it shows "
		       "values";
	if (plan->merge && !plan->key_given)
		plan->key = 0;
	return NULL;
}

/* Options of groups. */
static void
group_options(struct gather_plan *plan, struct opt_table *table)
{
	const struct opt rows[] = {
		{ .help = "By keys" },
		{ 'c', "count", OPT_CALL, .context = plan, NULL,
		    "show how many records each key has, or with -g values", 0, 0,
		    add_count },
		{ 'g', "group", OPT_FLAG, .flag = &plan->group, NULL,
		    "show each key once, with all its values", 0, 0, NULL },
		{ 0, "json", OPT_FLAG, .flag = &plan->json, NULL,
		    "show a JSON object a key", 0, 0, NULL },
		{ 'k', "key", OPT_CALL, .context = plan, "FIELD",
		    "the field that is the key (default 1); 0 is all of the record", 0, 0,
		    set_key },
		{ 0, "first", OPT_NUMBER, .number = &plan->first, "N",
		    "show the first N values of each key", 1, 0, NULL },
		{ 0, "join-keys", OPT_STRING, .text = &plan->join_keys, "FILE",
		    "show the keys of FILE, in its order, found or not", 0, 0, NULL },
		{ 0, "max", OPT_CALL, .context = plan, "FIELD",
		    "show the largest number in FIELD", 0, 0, add_max },
		{ 0, "mean", OPT_CALL, .context = plan, "FIELD",
		    "show the mean of the numbers in FIELD", 0, 0, add_mean },
		{ 0, "memory", OPT_SIZE, .number = &plan->memory, "SIZE",
		    "keep up to SIZE of keys in memory, more on disk (default 1G)",
		    1 << 20, (uint64_t)1 << 44, NULL },
		{ 0, "min", OPT_CALL, .context = plan, "FIELD",
		    "show the least number in FIELD", 0, 0, add_min },
		{ 0, "numbers-only", OPT_FLAG, .flag = &plan->numbers_only, NULL,
		    "leave records without such numbers out, unnamed", 0, 0, NULL },
		{ 0, "sum", OPT_CALL, .context = plan, "FIELD",
		    "show the sum of the numbers in FIELD", 0, 0, add_sum },
		{ 0, "top", OPT_NUMBER, .number = &plan->top, "N",
		    "show the N keys with the largest first number", 1, 1 << 30, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* The others. */
static void
stream_options(struct gather_plan *plan, struct opt_table *table)
{
	const struct opt rows[] = {
		{ .help = "Sorted inputs" },
		{ 'm', "merge", OPT_FLAG, .flag = &plan->merge, NULL,
		    "merge sorted inputs, by --key (default 0)", 0, 0, NULL },
		{ 0, "numeric", OPT_FLAG, .flag = &plan->numeric, NULL,
		    "with -m: sorted by number", 0, 0, NULL },
		{ 'r', "reverse", OPT_FLAG, .flag = &plan->reverse, NULL,
		    "with -m: sorted the other way round", 0, 0, NULL },
		{ .help = "Input and output" },
		{ 'f', "follow", OPT_FLAG, .flag = &plan->follow, NULL,
		    "go on with a FIFO whose writers have left, until a signal", 0, 0,
		    NULL },
		{ 'o', "output", OPT_STRING, .text = &plan->output, "FILE",
		    "write to FILE, not to standard output", 0, 0, NULL },
		{ 0, "max-record", OPT_SIZE, .number = &plan->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "progress", OPT_FLAG, .flag = &plan->progress, NULL,
		    "show on a terminal how far it is", 0, 0, NULL },
		{ 0, "wait", OPT_DURATION, .number = &plan->wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

int
main(int argc, char **argv)
{
	struct gather_plan plan = {
		.key = 1, .max_record = RECORD_LIMIT, .memory = (uint64_t)1 << 30
	};
	struct opt_table table = { 0 };
	struct opt_program program = {
		.name = "par-gather",
		.synopsis = "[-cfgmr] [-k FIELD] [-o FILE] [OPTION ...] [FILE ...]",
		.about = "Gather the records of many files, FIFOs or standard input into "
			 "one stream.",
		.examples =
		    "  par-gather out1 out2                       FIFOs, by whole "
		    "records\n"
		    "  par-gather -g --count links                how often each key "
		    "came\n"
		    "  par-gather -m --numeric sorted1 sorted2    merge what is sorted\n"
	};
	struct gather gather;
	const char *why;
	int first;

	sig_begin();
	group_options(&plan, &table);
	stream_options(&plan, &table);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	why = conflict(&plan);
	if (why != NULL)
		die_misuse("%s", why);
	gather_open(&gather, &plan, argv + first, (size_t)(argc - first));
	if (plan.merge)
		merge_run(&gather, &plan);
	else if (gather_plan_groups(&plan))
		groups_run(&gather, &plan);
	else
		gather_copy(&gather);
	return (int)gather_close(&gather);
}
