/* SPDX-License-Identifier: ISC */
/*
 * An engine is played that loses its answer to a commit: what was asked comes again, and
 * nothing before it, since an engine knows no more than its last ENGINE_AT_ONCE.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "origin.h"

enum { CHUNKS = ENGINE_AT_ONCE + 30 };

static struct {
	char lost[ENGINE_AT_ONCE][ENGINE_ID_SIZE]; /* what was asked and not answered */
	size_t lost_count, answered, calls;
} played;

static enum engine_end
commit(struct engine *engine, struct engine_commit *commits, size_t count)
{
	(void)engine;
	check(count <= ENGINE_AT_ONCE);
	if (played.calls++ == 0) {
		played.lost_count = count;
		for (size_t i = 0; i < count; i++)
			strcpy(played.lost[i], commits[i].claim->id);
		return ENGINE_WOKEN;
	}
	if (played.calls == 2) {
		check_is(count, played.lost_count);
		for (size_t i = 0; i < count; i++)
			check_text(commits[i].claim->id, played.lost[i]);
	}
	played.answered += count;
	return ENGINE_OK;
}

static const struct engine_kind kind = { .commit = commit };

/* The first chunks finish when the answer for the others was lost. */
static void
asks_again(void)
{
	static const struct queue_options options;
	struct origin origin = { .engine = { .kind = &kind, .queue = "q" } };
	struct origins origins = { .options = &options, .all = &origin, .count = 1 };
	struct lease *leases[CHUNKS];
	struct batch *batch;

	for (size_t i = 0; i < CHUNKS; i++) {
		struct engine_chunk chunk = {
			.claim = { .number = "7" }, .records = 1, .data = "r\n", .len = 2
		};

		snprintf(chunk.claim.id, sizeof(chunk.claim.id), "%zu", i);
		leases[i] = lease_new(&origin.engine, &chunk, i, &batch);
		lease_add(&origins.leases, leases[i]);
		batch_free(batch);
	}
	for (size_t i = 10; i < CHUNKS; i++)
		lease_done(leases[i], "", 0, false);
	origins_commit(&origins, "", 0);
	check_is(played.lost_count, ENGINE_AT_ONCE);
	for (size_t i = 0; i < 10; i++)
		lease_done(leases[i], "", 0, false);
	origins_commit(&origins, "", 0);
	check_is(played.answered, CHUNKS);
	check(origins.leases.head == NULL);
	check_is(origins.committed, CHUNKS);
}

TESTS("origin", { "what was not answered is asked again, and first", asks_again })
