/* SPDX-License-Identifier: ISC */
#include "allowance.h"
#include "check.h"

/* A stage gets whole blocks, where its window has room for one. */
static void
blocks(void)
{
	static const struct {
		uint64_t window, block, want;
	} table[] = { { 0, 0, 1 }, { 9, 0, 1 }, { 0, 8, 8 }, { 7, 8, 1 }, { 8, 8, 8 },
		{ 9, 8, 8 }, { 1, 1, 1 }, { 0, 1, 1 } };

	for (size_t i = 0; i < COUNT(table); i++) {
		const struct hello hello = { .window = table[i].window,
			.block = table[i].block };

		check_is(allowance_block(&hello), table[i].want);
	}
}

TESTS("allowance", { "whole blocks", blocks })
