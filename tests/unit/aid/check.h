/* SPDX-License-Identifier: ISC */
/*
 * check - the frame of unit tests: each file enters a table of its tests, and the
 * program runs all of them, or those that are named.
 *
 * A check that does not hold says where and ends its test.  A test that leaves memory
 * or a descriptor behind has failed.
 */
#ifndef PAR_UNIT_CHECK_H
#define PAR_UNIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(void);
};

/* The tests of one file. */
struct subject {
	const char *name;
	const struct test *tests;
	size_t count;
	struct subject *next;
};

void check_enter(struct subject *subject);

/* At the end of a file: TESTS("window", { "agrees with a model", agrees }, ...) */
#define TESTS(subject_name, ...)                                                         \
	static const struct test subject_tests[] = { __VA_ARGS__ };                      \
	__attribute__((constructor)) static void subject_enter(void)                     \
	{                                                                                \
		static struct subject subject = { .name = (subject_name),                \
			.tests = subject_tests,                                          \
			.count = sizeof(subject_tests) / sizeof(subject_tests[0]) };     \
                                                                                         \
		check_enter(&subject);                                                   \
	}

/* The number of things in an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

_Noreturn void check_failed(const char *file, int line, const char *what);
void check_numbers(const char *file, int line, const char *what, uint64_t a, uint64_t b);
void
check_texts(const char *file, int line, const char *what, const char *a, const char *b);
void check_runs(const char *file, int line, const char *what, const void *a, size_t a_len,
    const void *b, size_t b_len);

/* It must hold; or two numbers, texts, runs of bytes must be equal. */
#define check(holds) ((holds) ? (void)0 : check_failed(__FILE__, __LINE__, #holds))
#define check_is(a, b)                                                                   \
	check_numbers(__FILE__, __LINE__, #a " is " #b, (uint64_t)(a), (uint64_t)(b))
#define check_text(a, b) check_texts(__FILE__, __LINE__, #a " is " #b, a, b)
#define check_bytes(a, a_len, b, b_len)                                                  \
	check_runs(                                                                      \
	    __FILE__, __LINE__, #a " is " #b, a, (size_t)(a_len), b, (size_t)(b_len))

/* Where a test is: a step of a model, a row of a table.  Told when it fails. */
void check_at(uint64_t step);

#endif
