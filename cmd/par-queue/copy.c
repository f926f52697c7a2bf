/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "copy.h"
#include "engines.h"
#include "entropy.h"
#include "plural.h"
#include "record.h"

enum {
	PAGE_BYTES = 4 << 20, /* of what is read at a time */
	LOOK_AGAIN = 100, /* ms, for those who have something of the queue */
	NUMBER_SIZE = 17 /* 16 digits */
};

/* How long a destination knows how far it has come, ms. */
static const uint64_t keep = 3650ull * 24 * 60 * 60 * 1000;

/* A mark, taken apart. */
struct marked {
	enum engine_mark kind;
	char copy[NUMBER_SIZE], made[NUMBER_SIZE];
};

struct copying {
	const struct queue_options *options;
	struct engine from, to;
	struct marked marked; /* what both have to be marked as */
	char from_mark[ENGINE_MARK_SIZE], to_mark[ENGINE_MARK_SIZE]; /* as they are */
	char from_place[ENGINE_MARK_SIZE / 2], to_place[ENGINE_MARK_SIZE / 2];
	char producer[NUMBER_SIZE + 16];
};

/* How far a stock has come. */
struct course {
	enum engine_stock stock;
	uint64_t come; /* of them are there */
	uint64_t at; /* so many were read before this page */
	char last[ENGINE_ID_SIZE];
};

/* QUEUE@URL without what may be secret, or where the URL is only of this process. */
static void
name_place(char place[static ENGINE_MARK_SIZE / 2], const struct engine *engine)
{
	const char *url = engine->plan->url, *rest = strstr(url, "://");
	size_t scheme = rest == NULL ? 0 : (size_t)(rest - url) + 3;
	const char *at = url + scheme;
	size_t len = strcspn(at, "?");

	for (size_t i = len; scheme > 0 && i > 0; i--)
		if (at[i - 1] == '@') { /* behind a name, and maybe a password */
			at += i;
			len -= i;
			break;
		}
	snprintf(place, ENGINE_MARK_SIZE / 2, "%s@%.*s%.*s", engine->queue, (int)scheme,
	    url, (int)len, at);
	for (char *c = place; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

static void
draw(char number[static NUMBER_SIZE])
{
	unsigned long long some;

	if (entropy(&some, sizeof(some)) < 0)
		die(STATUS_BROKEN, errno, "getrandom");
	snprintf(number, NUMBER_SIZE, "%016llx", some);
}

/* KIND COPY MADE PLACE */
static void
write_mark(char mark[static ENGINE_MARK_SIZE], enum engine_mark kind,
    const struct marked *marked, const char *place)
{
	snprintf(mark, ENGINE_MARK_SIZE, "%c %s %s %s", (int)kind, marked->copy,
	    kind == MARK_LEAVING ? "-" : marked->made, place);
}

/* False: it is none of ours. */
static bool
read_mark(const char *mark, struct marked *marked)
{
	char kind;

	*marked = (struct marked){ 0 };
	if (sscanf(mark, "%c %16[0-9a-f-] %16[0-9a-f-]", &kind, marked->copy,
		marked->made) != 3)
		return false;
	marked->kind = (enum engine_mark)kind;
	return true;
}

/* What there is of a queue, and its mark, which stays. */
static void
look(struct engine *engine, struct engine_stat *stat, char mark[static ENGINE_MARK_SIZE])
{
	*stat = (struct engine_stat){ 0 };
	engines_answered(engine, engine->kind->stat(engine, stat));
	snprintf(mark, ENGINE_MARK_SIZE, "%s", stat->mark);
}

static void
tell(struct engine *engine, struct engine_tell *tell)
{
	engines_answered(engine, engine->kind->tell(engine, tell));
}

/* Change a mark; false: it was another one. */
static bool
turn(struct engine *engine, char mark[static ENGINE_MARK_SIZE], const char *value)
{
	struct engine_tell turned = { .what = TELL_MARK, .value = value, .was = mark };

	tell(engine, &turned);
	if (turned.done)
		snprintf(mark, ENGINE_MARK_SIZE, "%s", value);
	return turned.done;
}

void
copy_give_up(struct engine *engine)
{
	char mark[ENGINE_MARK_SIZE];
	struct engine_stat stat;

	look(engine, &stat, mark);
	if (*mark == MARK_LEAVING)
		turn(engine, mark, "");
}

static _Noreturn void
die_changed(const struct engine *engine)
{
	die(STATUS_BROKEN, 0,
	    "%s: another par-queue copy, resume or purge has changed it meanwhile",
	    engine->queue);
}

/* Somebody has something of the queue: workers are told to end. */
static void
tell_to_end(struct engine *from, const struct engine_tell *closing)
{
	struct engine_tell drain = { .what = TELL_DRAIN };

	if (closing->records > 0)
		warn("%s: waits for %llu record%s that workers have; they are told to "
		     "end",
		    from->queue, (unsigned long long)closing->records,
		    plural(closing->records, "", "s"));
	else
		warn("%s: waits for a par-queue get to end", from->queue);
	tell(from, &drain);
}

/* Close the source once nobody has anything of it.  False: that took too long. */
static bool
close_source(struct copying *copying)
{
	const struct queue_options *o = copying->options;
	struct engine *from = &copying->from;
	uint64_t begin = clock_ms();
	char mark[ENGINE_MARK_SIZE];
	bool told = false;

	draw(copying->marked.copy);
	write_mark(mark, MARK_LEAVING, &copying->marked, copying->to_place);
	for (;;) {
		struct engine_tell closing = { .what = TELL_MARK,
			.value = mark,
			.was = copying->from_mark,
			.lease = o->lease };

		tell(from, &closing);
		if (closing.done)
			break;
		if (closing.records == 0 && !closing.read)
			die_changed(from);
		if (!told)
			tell_to_end(from, &closing);
		told = true;
		if (clock_ms() - begin >= o->wait) {
			warn("%s: still in use, see par-queue ps; nothing was copied",
			    from->queue);
			return false;
		}
		engine_pause(from, LOOK_AGAIN);
	}
	memcpy(copying->from_mark, mark, sizeof(mark));
	return true;
}

static _Noreturn void
die_there(const struct copying *copying)
{
	struct marked there;

	if (read_mark(copying->to_mark, &there) && there.kind == MARK_COMING)
		die(STATUS_BROKEN, 0,
		    "%s: another par-queue copy to there has not ended; if it was given "
		    "up, par-queue purge deletes what it has put",
		    copying->to_place);
	die(STATUS_BROKEN, 0,
	    "%s: there is such a queue; name another one, or delete it by par-queue "
	    "purge",
	    copying->to_place);
}

/* Is the destination what this copy has made? */
static bool
is_made(const struct copying *copying, enum engine_mark kind, struct marked *there)
{
	return read_mark(copying->to_mark, there) && there->kind == kind &&
	    strcmp(there->copy, copying->marked.copy) == 0;
}

/* Make the destination, or find the one that was made. */
static void
make(struct copying *copying)
{
	struct engine_tell made = { .what = TELL_MARK };
	char mark[ENGINE_MARK_SIZE];
	struct engine_stat stat, as;
	struct marked there;

	look(&copying->to, &stat, copying->to_mark);
	if (stat.missing) {
		look(&copying->from, &as, mark);
		if (strcmp(mark, copying->from_mark) != 0)
			die_changed(&copying->from);
		draw(copying->marked.made);
		write_mark(
		    copying->to_mark, MARK_COMING, &copying->marked, copying->from_place);
		made.value = copying->to_mark;
		made.as = &as;
		tell(&copying->to, &made);
		if (made.done)
			return;
		look(&copying->to, &stat, copying->to_mark);
	}
	if (!is_made(copying, MARK_COMING, &there))
		die_there(copying);
	memcpy(copying->marked.made, there.made, sizeof(there.made));
}

/* What one who wrote to a server by himself has not counted. */
static void
count_records(struct engine_whole *whole)
{
	record_span(
	    whole->data.data, whole->data.len, UINT64_MAX, SIZE_MAX, &whole->records);
	if (whole->records == 0)
		whole->records = 1;
}

/* Is it a producer by a name that it was given? */
static bool
is_named(const struct engine_whole *whole)
{
	const struct engine_text *name = &whole->why; /* others are HOST:PID:RANDOM */

	return name->len > 0 && name->len <= ENGINE_NAME_MAX &&
	    memchr(name->data, ':', name->len) == NULL;
}

/* The pieces of a page that are not there yet: how many. */
static size_t
make_pieces(const struct course *course, struct engine_whole *wholes, size_t count,
    struct engine_piece *pieces)
{
	size_t made = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t number = course->at + i;

		if (course->stock == STOCK_PRODUCERS ? !is_named(&wholes[i])
						     : number < course->come)
			continue;
		if (wholes[i].records == 0 && course->stock != STOCK_PRODUCERS)
			count_records(&wholes[i]);
		pieces[made++] = (struct engine_piece){
			.from = number, .to = number + 1, .whole = &wholes[i]
		};
	}
	return made;
}

/* What became of the pieces of a page; false: some have to be put again. */
static bool
hear(const struct copying *copying, struct course *course,
    const struct engine_piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct engine_piece *piece = &pieces[i];

		if (piece->outcome == PIECE_NO_MEMORY)
			die(STATUS_BROKEN, 0,
			    "%s: the server has no room; with more, run it again",
			    copying->to_place);
		if (course->stock == STOCK_PRODUCERS)
			continue;
		if (piece->come < course->come)
			die(STATUS_BROKEN, 0,
			    "%s: the server has forgotten what it had accepted; run it "
			    "again",
			    copying->to_place);
		course->come = piece->come;
		if (piece->outcome != PIECE_TAKEN)
			return false;
	}
	return true;
}

/* A page of a stock goes over. */
static void
put_page(struct copying *copying, struct course *course, const struct engine_read *page)
{
	struct engine_whole wholes[ENGINE_AT_ONCE];
	struct engine_piece pieces[ENGINE_AT_ONCE];
	struct engine *to = &copying->to;
	struct engine_put put = { .producer = copying->producer,
		.keep = keep,
		.pieces = pieces,
		.copied = copying->to_mark,
		.stock = course->stock };

	memcpy(wholes, page->wholes, page->count * sizeof(*wholes));
	do {
		put.count = make_pieces(course, wholes, page->count, pieces);
		if (put.count == 0)
			return;
		engines_answered(to, to->kind->put(to, &put));
	} while (!hear(copying, course, pieces, put.count));
}

static void
copy_stock(struct copying *copying, enum engine_stock stock)
{
	struct engine *from = &copying->from;
	struct course course = { .stock = stock };
	struct engine_read page = { .what = READ_STOCK,
		.stock = stock,
		.last = course.last,
		.bytes = PAGE_BYTES };

	snprintf(copying->producer, sizeof(copying->producer), "copy:%d", (int)stock);
	do {
		engines_answered(from, from->kind->read(from, &page));
		if (page.count > ENGINE_AT_ONCE)
			page.count = ENGINE_AT_ONCE;
		if (page.count > 0) {
			put_page(copying, &course, &page);
			memcpy(course.last, page.wholes[page.count - 1].id,
			    sizeof(course.last));
		}
		course.at += page.count;
	} while (page.count > 0);
}

/* Everything is there: the source is gone for good, and the destination opens. */
static void
settle(struct copying *copying)
{
	char mark[ENGINE_MARK_SIZE];

	write_mark(mark, MARK_GONE, &copying->marked, copying->to_place);
	if (!turn(&copying->from, copying->from_mark, mark))
		die_changed(&copying->from);
	write_mark(mark, MARK_HERE, &copying->marked, copying->from_place);
	if (!turn(&copying->to, copying->to_mark, mark))
		die_changed(&copying->to);
}

/* How far each stock has come is no longer of use. */
static void
forget(struct copying *copying)
{
	struct engine_put put = { .producer = copying->producer, .last = true };
	struct engine *to = &copying->to;

	for (int stock = 0; stock < STOCK_COUNT; stock++) {
		snprintf(copying->producer, sizeof(copying->producer), "copy:%d", stock);
		engines_answered(to, to->kind->put(to, &put));
	}
}

/* The copy was made, and may be still to be opened; false: it is not there. */
static bool
finish(struct copying *copying)
{
	char mark[ENGINE_MARK_SIZE];
	struct engine_stat stat;
	struct marked there;

	look(&copying->to, &stat, copying->to_mark);
	write_mark(mark, MARK_HERE, &copying->marked, copying->from_place);
	if (is_made(copying, MARK_COMING, &there) &&
	    strcmp(there.made, copying->marked.made) == 0 &&
	    turn(&copying->to, copying->to_mark, mark)) {
		forget(copying);
		return true;
	}
	look(&copying->to, &stat, copying->to_mark);
	return is_made(copying, MARK_HERE, &there);
}

/* A new copy: the destination is free, and the source closed.  False: it is not. */
static bool
begin(struct copying *copying)
{
	struct engine_stat stat;

	look(&copying->to, &stat, copying->to_mark);
	if (!stat.missing)
		die_there(copying);
	return close_source(copying);
}

/* See where an earlier run has come to.  True: there is nothing left to do. */
static bool
was_made(struct copying *copying)
{
	struct engine *from = &copying->from;

	if (*copying->from_mark == MARK_COMING) {
		engine_closed(from, from->queue, copying->from_mark);
		die(STATUS_BROKEN, 0, "%s", from->why);
	}
	if (!read_mark(copying->from_mark, &copying->marked) ||
	    copying->marked.kind != MARK_GONE)
		return false;
	if (finish(copying))
		return true;
	if (!copying->options->yes)
		die(STATUS_BROKEN, 0,
		    "%s: it was copied, and that copy is not %s; --yes copies what is "
		    "left here once more",
		    copying->from_place, copying->to_place);
	return false;
}

static enum status
copy(struct copying *copying)
{
	if (was_made(copying))
		return STATUS_OK;
	if (*copying->from_mark != MARK_LEAVING && !begin(copying))
		return STATUS_STOPPED;
	make(copying);
	for (int stock = 0; stock < STOCK_COUNT; stock++)
		copy_stock(copying, (enum engine_stock)stock);
	settle(copying);
	forget(copying);
	return STATUS_OK;
}

enum status
copy_run(const struct queue_options *options)
{
	struct copying copying = { .options = options };
	struct engine_stat stat;
	enum status status;

	engines_open(&copying.from, &options->engine, options->operands[0]);
	engines_open(&copying.to, &options->to, options->operands[1]);
	name_place(copying.from_place, &copying.from);
	name_place(copying.to_place, &copying.to);
	engines_must_exist(&copying.from);
	engines_ready(&copying.to);
	look(&copying.from, &stat, copying.from_mark);
	status = copy(&copying);
	engines_close(&copying.to);
	engines_close(&copying.from);
	return status;
}
