/* SPDX-License-Identifier: ISC */
/*
 * A stage of libpar-stage that does as KIND says, with the output 'result RECORD' for
 * most records; the stages beside it do the same by other kits.
 *	mixed	2 has more records, 3 none, 4 a long one
 *	fails	5 fails, with its output; 6 for now, each time
 *	once	5 fails for now, and 6 kills the stage, in the midst of its output: once
 *each
 */
#include <par_stage.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int
first_to_come(const char *name)
{
	FILE *met = fopen(name, "wx");

	if (met != NULL)
		fclose(met);
	return met != NULL;
}

static int
answer(struct par_stage *stage, const char *data, size_t len)
{
	par_put(stage, "result ", 7);
	par_put(stage, data, len);
	return par_put(stage, "\n", 1);
}

static int
mixed(struct par_stage *stage, const char *data, size_t len)
{
	char *room;

	if (data[0] == '3')
		return par_done(stage);
	answer(stage, data, len);
	if (data[0] == '2') {
		par_put(stage, "\n", 1);
		par_put_escaped(stage, "a\tb\0c\\", 6);
		par_put(stage, "\n", 1);
	}
	if (data[0] == '4') {
		room = par_reserve(stage, 300001);
		if (room == NULL)
			return -1;
		memset(room, 'x', 300000);
		room[300000] = '\n';
		par_commit(stage, 300001);
	}
	return par_done(stage);
}

static int
fails(struct par_stage *stage, const char *data, size_t len)
{
	if (data[0] == '6')
		return par_retry(stage, "not now");
	answer(stage, data, len);
	return data[0] == '5' ? par_fail(stage, "no good") : par_done(stage);
}

static int
once(struct par_stage *stage, const char *data, size_t len)
{
	if (data[0] == '5' && first_to_come("met5")) {
		par_put(stage, "resu", 4);
		return par_retry(stage, "not now");
	}
	if (data[0] == '6' && first_to_come("met6")) {
		par_put(stage, "resu", 4);
		par_flush(stage);
		return raise(SIGKILL);
	}
	answer(stage, data, len);
	return par_done(stage);
}

int
main(int argc, char **argv)
{
	struct par_stage *stage = par_new();
	const char *kind = argc > 1 ? argv[1] : "mixed", *data;
	size_t len;
	int status;

	if (stage == NULL)
		return 3;
	par_open(stage);
	while (par_next(stage, &data, &len) == PAR_RECORD)
		(kind[0] == 'f'		 ? fails
			: kind[0] == 'o' ? once
					 : mixed)(stage, data, len);
	status = par_finish(stage);
	par_free(stage);
	return status;
}
