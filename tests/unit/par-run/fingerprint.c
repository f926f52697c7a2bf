/* SPDX-License-Identifier: ISC */
/*
 * What a checkpoint says of options is the same on all machines, and has always been.
 */
#include "fingerprint.h"
#include "check.h"

static struct run_options options = { .block_records = 10,
	.block_bytes = 65536,
	.keep_order = true,
	.output = "out",
	.quarantine = "q" };

static struct separator separator;
static struct header header;
static struct arguments arguments;

static const struct fingerprint_of of = { .options = &options,
	.separator = &separator,
	.header = &header,
	.arguments = &arguments };

static void
each(void)
{
	const uint32_t no = 0xCADB1BBB, none = 0x4CE6FC55, nothing = 0x51D8E999;
	const uint32_t want[FINGERPRINTS] = { 0x47C3CF22, 0x553CF450, 0xA2A49995, no, no,
		no, none, nothing, nothing, nothing, none, none, nothing, no, 0xD67B0233,
		0xFF330F54 };
	uint32_t got[FINGERPRINTS];

	fingerprint_each(&of, got);
	for (size_t i = 0; i < FINGERPRINTS; i++)
		check_is(got[i], want[i]);
}

static void
all(void)
{
	check_is(fingerprint_all(&of), UINT64_C(0xAA2530A2AF9EF85E));
	separator.edges.start = (struct edge){ .text = "<", .len = 1 };
	check_is(fingerprint_all(&of), UINT64_C(0x7FB289E00D0F78C2));
	separator.edges.start = (struct edge){ 0 };
}

TESTS("fingerprint", { "each option", each }, { "all together", all })
