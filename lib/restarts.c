/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "num.h"
#include "restarts.h"
#include "spawn.h"

enum { MOST = 100000, DEFAULT_MOST = 10 };

/* Before one is started after others that finished nothing, or did not start. */
static const struct backoff pauses = { .first = 10, .longest = 1000 };

const char *
restarts_read(void *limit, const char *value)
{
	struct restarts_limit read = { .given = true };
	const char *slash = strchr(value, '/');
	size_t len = slash == NULL ? strlen(value) : (size_t)(slash - value);

	if (num_parse_bytes(value, len, 0, MOST, &read.most) < 0)
		return "not N or N/TIME, N at most 100000";
	if (slash != NULL && num_duration(slash + 1, 1, UINT64_MAX / 2, &read.within) < 0)
		return "not a TIME behind the slash";
	*(struct restarts_limit *)limit = read;
	return NULL;
}

int
restarts_open(struct restarts *restarts, const struct restarts_limit *limit)
{
	*restarts = (struct restarts){ .limit = *limit };
	if (limit->within == 0 || limit->most == 0)
		return 0;
	restarts->times = calloc((size_t)limit->most, sizeof(*restarts->times));
	return restarts->times == NULL ? -1 : 0;
}

void
restarts_close(struct restarts *restarts)
{
	free(restarts->times);
	restarts->times = NULL;
}

void
restarts_count(struct restarts *restarts, uint64_t now)
{
	const struct restarts_limit *limit = &restarts->limit;
	uint64_t *oldest;

	restarts->row++;
	if (limit->within == 0)
		return;
	restarts->count++;
	if (restarts->times == NULL) {
		restarts->over = true;
		return;
	}
	oldest = &restarts->times[(restarts->count - 1) % limit->most];
	if (restarts->count > limit->most && now - *oldest <= limit->within)
		restarts->over = true;
	*oldest = now;
}

bool
restarts_over(const struct restarts *restarts, uint64_t workers)
{
	uint64_t most = restarts->limit.most;

	if (restarts->limit.within != 0)
		return restarts->over;
	if (!restarts->limit.given)
		most = 2 * workers > DEFAULT_MOST ? 2 * workers : DEFAULT_MOST;
	return restarts->row > most;
}

uint64_t
restarts_wait(const struct restarts *restarts)
{
	return backoff_wait(&pauses, restarts->row < 1 ? 0 : restarts->row - 1, 0);
}

void
restarts_begun(struct restarts *restarts, size_t others)
{
	restarts->ever = true;
	if (others >= restarts->room)
		restarts->failed = 0;
}

/* May it be started later, though nothing ever was?  Nobody gives us more descriptors. */
static bool
may_pass(int error)
{
	return error == ETXTBSY || (spawn_is_shortage(error) && error != EMFILE);
}

enum restarts_next
restarts_failed(struct restarts *restarts, int error, size_t others, uint64_t now)
{
	bool fewer = spawn_is_shortage(error) && others > 0;

	restarts->error = error;
	if (!restarts->ever && !may_pass(error))
		return RESTARTS_NEVER;
	restarts->room = fewer ? others : 0;
	restarts->next_at = now + backoff_wait(&pauses, ++restarts->failed, 0);
	if (fewer)
		return RESTARTS_FEWER;
	restarts_count(restarts, now);
	return RESTARTS_DEATH;
}

int
restarts_again(struct restarts *restarts, int error, uint64_t now,
    const struct says *says, const char *name)
{
	bool news = restarts->error != error;

	if (restarts_failed(restarts, error, 0, now) == RESTARTS_NEVER)
		return -1;
	if (news)
		says->line("%s: could not be started: %s", name, strerror(error));
	return 0;
}
