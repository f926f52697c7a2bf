/* SPDX-License-Identifier: ISC */
/*
 * A variable with a value for each worker.
 */
#include <string.h>

#include "check.h"
#include "per_worker.h"

static void
reading(void)
{
	static const struct {
		const char *given;
		uint64_t workers; /* 0: refused */
		const char *first, *last;
	} rows[] = {
		{ "A=1", 1, "A=1", "A=1" },
		{ "GPU_2=0,1,2", 3, "GPU_2=0", "GPU_2=2" },
		{ "A=", 1, "A=", "A=" },
		{ "A=,", 2, "A=", "A=" },
		{ "_=a b,c=d", 2, "_=a b", "_=c=d" },
		{ "A=0\\,1,2\\,3", 2, "A=0,1", "A=2,3" },
		{ "A=\\\\,\\x", 2, "A=\\", "A=\\x" },
		{ "A=\\", 1, "A=\\", "A=\\" },
		{ "A", 0, NULL, NULL },
		{ "=1", 0, NULL, NULL },
		{ "", 0, NULL, NULL },
		{ "2A=1", 0, NULL, NULL },
		{ "A-B=1", 0, NULL, NULL },
		{ "PAR_WORKER=1,2", 0, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct per_worker all = { 0 };
		const char *env[PER_WORKER_MOST] = { NULL };
		bool right = per_worker_read(&all, rows[i].given) == NULL;

		check_at(i + 1);
		check(right == (rows[i].workers != 0));
		if (right) {
			check_is(per_worker_workers(&all), rows[i].workers);
			check_is(per_worker_env(&all, 1, env), 1);
			check(strcmp(env[0], rows[i].first) == 0);
			check_is(per_worker_env(&all, rows[i].workers, env), 1);
			check(strcmp(env[0], rows[i].last) == 0);
			check_is(per_worker_env(&all, rows[i].workers + 1, env), 0);
		}
		per_worker_free(&all);
	}
}

static void
several(void)
{
	static const char *const names[] = { "A=1,2,3", "AB=4,5", "C=6,7", "D=1,1",
		"E=1,1", "F=1,1", "G=1,1", "H=8,9" };
	struct per_worker all = { 0 };
	const char *env[PER_WORKER_MOST];

	check_is(per_worker_workers(&all), UINT64_MAX);
	for (size_t i = 0; i < COUNT(names); i++)
		check(per_worker_read(&all, names[i]) == NULL);
	check(per_worker_read(&all, "I=1") != NULL);
	check_is(per_worker_workers(&all), 2);
	check_is(per_worker_env(&all, 2, env), 8);
	check(strcmp(env[1], "AB=5") == 0);
	check(strcmp(env[7], "H=9") == 0);
	check_is(per_worker_env(&all, 3, env), 1);
	check(strcmp(env[0], "A=3") == 0);
	per_worker_free(&all);
	check(per_worker_read(&all, "A=1") == NULL);
	check(per_worker_read(&all, "A=2") != NULL);
	check(per_worker_read(&all, "AA=2") == NULL);
	per_worker_free(&all);
}

TESTS("per_worker", { "what an option says", reading }, { "several", several })
