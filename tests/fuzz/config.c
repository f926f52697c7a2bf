/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: files of -K.  They end the program as misuse, or set what is within
 * the limits; a value in quotes is the one that was written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "diag.h"
#include "fuzz.h"

/* Options of each kind. */
struct options {
	bool flag, off;
	uint64_t number, size, time;
	const char *string, *called;
	struct settings set;
	char *text;
};

static const char *
take_call(void *target, const char *value)
{
	if (strchr(value, '\n') != NULL)
		return "no newline, please";
	((struct options *)target)->called = value;
	return NULL;
}

static void
read_text(void *arg)
{
	struct options *o = arg;
	const struct opt rows[] = {
		{ 'f', "flag", OPT_FLAG, .flag = &o->flag, NULL, "-", 0, 0, NULL },
		{ 0, "off", OPT_OFF, .flag = &o->off, NULL, "-", 0, 0, NULL },
		{ 'n', "number", OPT_NUMBER, .number = &o->number, "N", "-", 3, 9, NULL },
		{ 's', "size", OPT_SIZE, .number = &o->size, "N", "-", 3, 1 << 20, NULL },
		{ 't', NULL, OPT_DURATION, .number = &o->time, "N", "-", 3, 1 << 20,
		    NULL },
		{ 'x', "string", OPT_STRING, .text = &o->string, "N", "-", 0, 0, NULL },
		{ 0, "call", OPT_CALL, .context = o, "N", "-", 0, 0, take_call },
		{ 0 },
	};
	const struct opt_program program = {
		.name = "par-fetch", .synopsis = "", .about = "", .opts = rows
	};

	config_read(&program, &o->set, "file", o->text);
}

static struct options *
fresh(char *text)
{
	struct options *o = calloc(1, sizeof(*o));

	must(o != NULL);
	o->text = text;
	o->off = true;
	o->number = o->size = o->time = 5;
	return o;
}

static void
done(struct options *o)
{
	curl_slist_free_all(o->set.config);
	free(o->text);
	free(o);
}

static void
check_any(const char *data, size_t size)
{
	char *text = calloc(size + 1, 1);
	struct options *o = fresh(text);
	int status;

	must(text != NULL);
	memcpy(text, data, size);
	status = status_of(read_text, o);
	must(status == -1 || status == STATUS_MISUSE);
	must(o->number >= 3 && o->number <= 9 && o->size >= 3 && o->size <= 1 << 20);
	must(o->time >= 3 && o->time <= 1 << 20);
	must(o->called == NULL || strlen(o->called) <= size);
	for (size_t i = 0; i < SETTINGS_EXTRAS; i++)
		must(o->set.extras[i] == NULL || strlen(o->set.extras[i]) <= size);
	done(o);
}

/* Any value without NUL in quotes. */
static void
check_quoted(const char *data, size_t size)
{
	static const char escaped[] = "\t\n\r\v\"\\", letters[] = "tnrv\"\\";
	char *text = malloc(2 * size + 32), *to, *value = calloc(size + 1, 1);
	struct options *o = fresh(text);

	must(text != NULL && value != NULL);
	memcpy(value, data, size);
	to = stpcpy(text, "\n -x : \"");
	for (const char *c = value; *c != '\0'; c++) {
		const char *letter = strchr(escaped, *c);

		if (letter != NULL) {
			*to++ = '\\';
			*to++ = letters[letter - escaped];
		} else {
			*to++ = *c;
		}
	}
	strcpy(to, "\"\n");
	must(status_of(read_text, o) == -1 && o->string != NULL);
	must(strcmp(o->string, value) == 0);
	free(value);
	done(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	check_any((const char *)data, size);
	check_quoted((const char *)data, size);
	return 0;
}
