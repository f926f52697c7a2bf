/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "fingerprint.h"

enum { NUMBER = 8 /* bytes */ };

static const char *const names[FINGERPRINTS] = { "-N", "-b", "-k", "--map", "--raw",
	"--tag", "--tag-format", "-0 or -d", "--recstart", "--recend", "-I",
	"names of fields by --fields or --header",
	"what stands before records by --before or --header",
	"input that is kept and input that is a file", "-o", "-q" };

void
fingerprint_word(struct hash_stream *hash, const char *word)
{
	if (word == NULL)
		hash_add(hash, "-", 1);
	else
		hash_add(hash, "+", 1);
	if (word != NULL)
		hash_add(hash, word, strlen(word) + 1);
}

/* A number as all machines write it down, whatever their order of bytes. */
static const unsigned char *
write_down(unsigned char bytes[static NUMBER], uint64_t number)
{
	for (size_t i = 0; i < NUMBER; i++)
		bytes[i] = (unsigned char)(number >> (8 * i));
	return bytes;
}

static void
add_number(struct hash_stream *hash, uint64_t number)
{
	unsigned char bytes[NUMBER];

	hash_add(hash, write_down(bytes, number), NUMBER);
}

static uint32_t
of_bytes(const void *data, size_t len)
{
	return (uint32_t)hash_bytes(data, len, 0);
}

static uint32_t
of_number(uint64_t number)
{
	unsigned char bytes[NUMBER];

	return of_bytes(write_down(bytes, number), NUMBER);
}

static uint32_t
of_word(const char *word)
{
	struct hash_stream hash;

	hash_begin(&hash);
	fingerprint_word(&hash, word);
	return (uint32_t)hash_end(&hash);
}

void
fingerprint_each(const struct fingerprint_of *of, uint32_t each[static FINGERPRINTS])
{
	const struct run_options *o = of->options;
	const struct separator *separator = of->separator;
	const struct edges *edges = &separator->edges;
	const char *mark = !of->arguments->on ? NULL
	    : o->replace == NULL	      ? "{}"
					      : o->replace;
	bool ends = separator->on && !edges_on(edges);
	const uint32_t hashes[FINGERPRINTS] = { of_number(o->block_records),
		of_number(o->block_bytes), of_number(o->keep_order), of_number(o->map),
		of_number(o->raw), of_number(o->tag), of_word(o->tag_format),
		of_bytes(&separator->byte, ends),
		of_bytes(edges->start.text, edges->start.len),
		of_bytes(edges->end.text, edges->end.len), of_word(mark),
		of_word(of->arguments->on ? of->arguments->names : NULL),
		of_bytes(of->header->text.data, of->header->text.len),
		of_number(of->spools), of_word(of->streams ? "-" : o->output),
		of_word(o->quarantine) };

	memcpy(each, hashes, sizeof(hashes));
}

static void
add_edge(struct hash_stream *hash, const char *which, const struct edge *edge)
{
	fingerprint_word(hash, which);
	add_number(hash, edge->len);
	hash_add(hash, edge->text, edge->len);
}

uint64_t
fingerprint_all(const struct fingerprint_of *of)
{
	const struct run_options *options = of->options;
	const struct separator *separator = of->separator;
	struct hash_stream hash;

	hash_begin(&hash);
	add_number(&hash, options->block_records);
	add_number(&hash, options->block_bytes);
	add_number(&hash, options->keep_order);
	add_number(&hash, options->map);
	if (options->raw)
		fingerprint_word(&hash, "raw");
	if (options->tag || options->tag_format != NULL) {
		fingerprint_word(&hash, "tag");
		fingerprint_word(&hash, options->tag_format);
	}
	if (separator->on)
		hash_add(&hash, &separator->byte, 1);
	if (edges_on(&separator->edges)) {
		add_edge(&hash, "start", &separator->edges.start);
		add_edge(&hash, "end", &separator->edges.end);
	}
	if (of->arguments->on) {
		fingerprint_word(&hash, "arguments");
		fingerprint_word(&hash, options->replace);
		fingerprint_word(&hash, of->arguments->names);
	}
	if (of->header->text.len > 0) {
		fingerprint_word(&hash, "before");
		hash_add(&hash, of->header->text.data, of->header->text.len);
	}
	if (of->spools)
		fingerprint_word(&hash, "spooled");
	if (of->streams)
		fingerprint_word(&hash, "streams");
	fingerprint_word(&hash, options->output);
	fingerprint_word(&hash, options->quarantine);
	return hash_end(&hash);
}

bool
fingerprint_differ(char text[static FINGERPRINT_TEXT],
    const uint32_t a[static FINGERPRINTS], const uint32_t b[static FINGERPRINTS])
{
	size_t used = 0;

	for (size_t i = 0; i < FINGERPRINTS; i++) {
		if (a[i] == b[i])
			continue;
		used += (size_t)snprintf(text + used, FINGERPRINT_TEXT - used, "%s%s",
		    used > 0 ? ", " : "", names[i]);
		if (used >= FINGERPRINT_TEXT)
			used = FINGERPRINT_TEXT - 1;
	}
	return used > 0;
}
