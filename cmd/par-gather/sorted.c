/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "sorted.h"

/* The digits at the start of left, which is what remains behind them. */
static struct field
take_digits(struct field *left)
{
	struct field digits = { left->data, 0 };

	while (digits.len < left->len && digits.data[digits.len] >= '0' &&
	    digits.data[digits.len] <= '9')
		digits.len++;
	left->data += digits.len;
	left->len -= digits.len;
	return digits;
}

/* Take away the first byte of left if it is c. */
static bool
take_byte(struct field *left, char c)
{
	if (left->len == 0 || *left->data != c)
		return false;
	left->data++;
	left->len--;
	return true;
}

/* The number that key begins with, after blanks; 0 if there is none. */
static struct leading
leading_number(struct field key)
{
	struct leading number = { .negative = false };

	while (take_byte(&key, ' ') || take_byte(&key, '\t'))
		;
	number.negative = take_byte(&key, '-');
	while (take_byte(&key, '0'))
		;
	number.whole = take_digits(&key);
	if (take_byte(&key, '.'))
		number.places = take_digits(&key);
	while (number.places.len > 0 && number.places.data[number.places.len - 1] == '0')
		number.places.len--;
	if (number.whole.len == 0 && number.places.len == 0)
		number.negative = false;
	return number;
}

static int
compare_bytes(const struct field *a, const struct field *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len == 0 ? 0 : memcmp(a->data, b->data, len);

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static int
compare_numbers(const struct leading *a, const struct leading *b)
{
	int order = (a->whole.len > b->whole.len) - (a->whole.len < b->whole.len);

	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	if (order == 0)
		order = compare_bytes(&a->whole, &b->whole);
	if (order == 0)
		order = compare_bytes(&a->places, &b->places);
	return a->negative ? -order : order;
}

void
sorted_look(const struct gather_plan *plan, struct field rec, struct sorted *out)
{
	out->rec = out->key = rec;
	if (plan->key > 0 &&
	    !field_at(rec.data, rec.len, (size_t)plan->key - 1, &out->key))
		out->key.len = 0;
	if (plan->numeric)
		out->number = leading_number(out->key);
}

int
sorted_compare(
    const struct gather_plan *plan, const struct sorted *a, const struct sorted *b)
{
	int order = 0;

	if (plan->numeric)
		order = compare_numbers(&a->number, &b->number);
	else if (plan->key > 0)
		order = compare_bytes(&a->key, &b->key);
	if (order == 0)
		order = compare_bytes(&a->rec, &b->rec);
	return plan->reverse ? -order : order;
}

void
sorted_by(const struct gather_plan *plan, char text[SORTED_TEXT])
{
	unsigned long long key = plan->key;
	int len = snprintf(text, SORTED_TEXT, "LC_ALL=C sort%s%s",
	    plan->numeric ? " -n" : "", plan->reverse ? " -r" : "");

	if (key > 0)
		snprintf(text + len, SORTED_TEXT - (size_t)len, " -t TAB -k %llu,%llu",
		    key, key);
}
