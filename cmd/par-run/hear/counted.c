/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "counted.h"

void
counted_skip(const struct counted *counted, struct slot *slot, uint64_t bytes)
{
	output_clear(counted->output, &slot->spout);
	if (bytes > SIZE_MAX / 2)
		ending_broken(counted->ending, EFBIG, output_overdrawn);
	else if (worker_skip(&slot->worker, (size_t)bytes) < 0)
		ending_broken(
		    counted->ending, errno == ENODATA ? 0 : errno, output_overdrawn);
}

/* Is the output that ack counts as it should be?  NULL, or what is wrong, as text. */
static const char *
check_output(const struct counted *counted, struct slot *slot, const struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	uint64_t before = slot->spout.acked + slot->spout.early.bytes;
	uint64_t buffered = buffered_bytes(&slot->worker.buffered);

	if ((slot->worker.kind != WORKER_NATIVE && !slot->worker.unsure) ||
	    ack->bytes == 0)
		return NULL;
	/* What cannot be seen is looked at where it is first. */
	if (before > buffered && !worker_sees(&slot->worker, before + ack->bytes - 1)) {
		output_flush(counted->output, &slot->spout);
		before = slot->spout.acked;
	}
	return worker_ill(&slot->worker, before, ack, text);
}

/* Is it the last of records done together?  The others are told of by now, as done. */
static bool
ends_group(const struct worker *worker, const struct ack *ack)
{
	return worker->group_ack_left == 0 && worker->group_ack.more > 0 &&
	    worker->group_ack.index == ack->index + 1;
}

const char *
counted_check(const struct counted *counted, struct slot *slot, uint64_t number,
    const struct ack **ack, struct ack *failed, char text[static WORKER_ILL_TEXT])
{
	struct worker *worker = &slot->worker;
	uint64_t bytes = (*ack)->bytes, all = bytes, most = counted->options->max_output;
	const char *wrong;

	/* What is true of it is true of all records done together. */
	if (worker->group_ack_left > 0 && worker->group_ack.bytes > all)
		all = worker->group_ack.bytes;
	*failed = (struct ack){ .index = (*ack)->index, .outcome = OUTCOME_FAIL };
	if (most != 0 && all > most && (*ack)->outcome != OUTCOME_RETRY) {
		breach_too_much(counted->breach, text);
	} else {
		wrong = check_output(counted, slot, *ack, text);
		if (wrong == NULL && bytes > 0 && (*ack)->outcome != OUTCOME_RETRY &&
		    output_room(counted->output, &slot->spout, number, (size_t)bytes) <
			0) {
			worker->lost = errno;
			wrong = worker_lost_text(errno, text);
		} else if (wrong == NULL) {
			return NULL;
		}
		if (worker->lost == 0)
			return wrong;
		if (ends_group(worker, *ack))
			ending_broken(counted->ending, worker->lost,
			    "output of records done together");
		failed->outcome = OUTCOME_RETRY;
	}
	counted_skip(counted, slot, bytes);
	failed->reason = text;
	failed->reason_len = strlen(text);
	*ack = failed;
	return NULL;
}
