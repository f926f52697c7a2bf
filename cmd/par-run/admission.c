/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "admission.h"
#include "cpus.h"
#include "num.h"

enum {
	TEXT = 32, /* bytes of one limit, at most */
	DECIMALS = 3,
	MOST_LOAD = 1000000,
	PERCENT = 100,
	FIRST_PART = 4, /* of the memory: what a worker is taken for at first; */
	FIRST_HALVED = 1000, /* that is halved after so many ms, again and again, */
	FIRST_LEAST = 1 << 20, /* down to so many bytes */
	FORGET = 8 /* a part of what one came to, with each smaller one that ends */
};

/* N with up to three decimals, in thousandths. */
static int
read_decimal(const char *text, uint64_t most, uint64_t *out)
{
	const char *point = strchr(text, '.');
	size_t before = point == NULL ? strlen(text) : (size_t)(point - text);
	size_t after = point == NULL ? 0 : strlen(point + 1);
	uint64_t whole, part = 0;

	if (num_parse_bytes(text, before, 0, most, &whole) < 0 || after > DECIMALS ||
	    (point != NULL && num_parse_bytes(point + 1, after, 0, 999, &part) < 0))
		return -1;
	for (; after < DECIMALS; after++)
		part *= 10;
	*out = whole * ADMISSION_PARTS + part;
	return *out == 0 ? -1 : 0;
}

/* N, or P% of the processors. */
static const char *
read_load(struct admission_limits *limits, char *text)
{
	size_t len = strlen(text);
	bool share = len > 0 && text[len - 1] == '%';
	uint64_t load;

	if (share)
		text[len - 1] = '\0';
	if (read_decimal(text, MOST_LOAD, &load) < 0)
		return "load: not a number above 0, such as 2.5 or 80%";
	if (share)
		load = load * cpus_usable() / 100;
	limits->load = load > 0 ? load : 1;
	return NULL;
}

/* SIZE. */
static const char *
read_memory(struct admission_limits *limits, char *text)
{
	return num_size(text, 1, INT64_MAX, &limits->memory) < 0
	    ? "memory: not a size, such as 4G"
	    : NULL;
}

/* P%. */
static const char *
read_pressure(struct admission_limits *limits, char *text)
{
	size_t len = strlen(text);
	bool share = len > 0 && text[len - 1] == '%';

	if (share)
		text[len - 1] = '\0';
	return share && read_decimal(text, PERCENT, &limits->pressure) == 0 &&
		limits->pressure <= PERCENT * ADMISSION_PARTS
	    ? NULL
	    : "pressure: not a part up to 100%, such as 10%";
}

/* A rate, or none; false if it is neither. */
static bool
read_rate(struct rate *rate, bool none, char *text)
{
	*rate = (struct rate){ 0 };
	return none || rate_read(rate, text) == 0;
}

/* One of what commas separate. */
static const char *
read_one(struct admission_limits *limits, char *text)
{
	char *value = strchr(text, '=');
	bool none = value != NULL && strcmp(value, "=none") == 0;

	if (value != NULL)
		*value++ = '\0';
	if (value != NULL && strcmp(text, "load") == 0) {
		limits->load = 0;
		return none ? NULL : read_load(limits, value);
	}
	if (value != NULL && strcmp(text, "memory") == 0) {
		limits->memory = 0;
		return none ? NULL : read_memory(limits, value);
	}
	if (value != NULL && strcmp(text, "pressure") == 0) {
		limits->pressure = 0;
		return none ? NULL : read_pressure(limits, value);
	}
	if (value != NULL && strcmp(text, "starts") == 0)
		return read_rate(&limits->starts, none, value)
		    ? NULL
		    : "starts: not N/s, N/m or N/h";
	if (value != NULL && strcmp(text, "key") == 0) {
		limits->keyed = true;
		return read_rate(&limits->key, none, value) ? NULL
							    : "key: not N/s, N/m or N/h";
	}
	return "not load=N, memory=SIZE, pressure=P%, starts=N/s or key=N/s";
}

const char *
admission_read(void *limits, const char *value)
{
	struct admission_limits read = *(struct admission_limits *)limits;
	char text[TEXT];

	read.given = value;
	for (;;) {
		size_t len = strcspn(value, ",");
		const char *why;

		if (len >= sizeof(text))
			return "too long";
		memcpy(text, value, len);
		text[len] = '\0';
		why = read_one(&read, text);
		if (why != NULL)
			return why;
		if (value[len] == '\0')
			break;
		value += len + 1;
	}
	*(struct admission_limits *)limits = read;
	return NULL;
}

/* What is taken for true as long as none has ended. */
static uint64_t
first_guess(const struct admission *admission, uint64_t now)
{
	uint64_t guess = admission->limits.memory / FIRST_PART, halves = 0;

	if (admission->first_at != 0 && now > admission->first_at)
		halves = (now - admission->first_at) / FIRST_HALVED;
	guess = halves < 64 ? guess >> halves : 0;
	return guess > FIRST_LEAST ? guess : FIRST_LEAST;
}

uint64_t
admission_estimate(const struct admission *admission, uint64_t now)
{
	uint64_t known =
	    admission->any ? admission->largest : first_guess(admission, now);

	return known > admission->living ? known : admission->living;
}

void
admission_load(struct admission *admission, double load)
{
	double slow = (admission->load + load) / 2;

	admission->load = load > slow ? load : slow; /* up at once, down by and by */
	admission->since = 0;
}

void
admission_pressure(struct admission *admission,
    const uint64_t waited[static ADMISSION_WANTS], size_t living, uint64_t now)
{
	uint64_t most = 0, ms = now - admission->waited_at;
	bool first = admission->waited_at == 0;

	for (size_t i = 0; i < ADMISSION_WANTS; i++) {
		uint64_t more = waited[i] - admission->waited[i];

		if (waited[i] > admission->waited[i] && more > most)
			most = more;
		admission->waited[i] = waited[i];
	}
	admission->waited_at = now;
	if (first || ms == 0)
		return;
	most = most * PERCENT / ms;
	most = most > admission->pressed ? most : (most + admission->pressed) / 2;
	admission->pressed = most; /* up at once, down by and by */
	if (most >= admission->limits.pressure)
		admission->beside = living;
	else
		admission->beside++;
}

void
admission_memory(struct admission *admission, const uint64_t *bytes, size_t count,
    size_t living, uint64_t now)
{
	uint64_t estimate, sum = 0;
	size_t larger = 0;

	admission->living = 0;
	for (size_t i = 0; i < count; i++)
		if (bytes[i] > admission->living)
			admission->living = bytes[i];
	estimate = admission_estimate(admission, now);
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] <= estimate)
			continue;
		sum += bytes[i];
		larger++;
	}
	admission->expected = sum + (living - larger) * estimate;
}

void
admission_started(struct admission *admission, uint64_t now)
{
	const struct admission_limits *limits = &admission->limits;

	admission->since++;
	if (admission->first_at == 0)
		admission->first_at = now > 0 ? now : 1;
	if (limits->memory != 0)
		admission->expected += admission_estimate(admission, now);
	rate_taken(&limits->starts, &admission->clock, now);
}

void
admission_ended(struct admission *admission, uint64_t bytes)
{
	if (bytes == 0)
		return;
	if (admission->any && bytes < admission->largest)
		bytes = admission->largest - (admission->largest - bytes) / FORGET;
	admission->largest = bytes;
	admission->any = true;
}

bool
admission_may(const struct admission *admission, size_t others, uint64_t now)
{
	const struct admission_limits *limits = &admission->limits;

	if (!rate_may(&limits->starts, &admission->clock, now))
		return false;
	if (others == 0)
		return true;
	if (limits->load != 0 &&
	    (admission->load + admission->since) * (double)ADMISSION_PARTS >=
		(double)limits->load)
		return false;
	if (limits->pressure != 0 &&
	    (admission->pressed >= limits->pressure || others > admission->beside))
		return false;
	return limits->memory == 0 ||
	    admission->expected + admission_estimate(admission, now) <= limits->memory;
}

void
admission_text(const struct admission *admission, char *text, size_t size)
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	uint64_t memory = admission->limits.memory;
	size_t unit = 0;

	while (unit + 1 < sizeof(units) / sizeof(*units) && memory % 1024 == 0) {
		memory /= 1024;
		unit++;
	}
	snprintf(text, size, "needs more than %llu%s of memory",
	    (unsigned long long)memory, units[unit]);
}
