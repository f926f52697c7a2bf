/* SPDX-License-Identifier: ISC */
/*
 * idna_property - what the tables of idna_table.h are made of.
 */
#ifndef PAR_IDNA_PROPERTY_H
#define PAR_IDNA_PROPERTY_H

#include <stdint.h>

/* The status of a character by UTS 46. */
enum idna_status { IDNA_VALID, IDNA_MAPPED, IDNA_IGNORED, IDNA_DISALLOWED };

/* The classes that RFC 5893 tells apart. */
enum idna_bidi {
	BIDI_L,
	BIDI_R,
	BIDI_AL,
	BIDI_AN,
	BIDI_EN,
	BIDI_NSM,
	BIDI_ES,
	BIDI_CS,
	BIDI_ET,
	BIDI_ON,
	BIDI_BN,
	BIDI_OTHER
};

/* The joining types of Unicode. */
enum idna_joining { JOINING_NONE, JOINING_C, JOINING_D, JOINING_L, JOINING_R, JOINING_T };

struct idna_property {
	unsigned char status; /* enum idna_status; the rest is of those that are valid */
	unsigned char combining; /* the canonical combining class */
	unsigned char bidi; /* enum idna_bidi */
	unsigned char joining; /* enum idna_joining */
	unsigned char mark; /* of General_Category Mark? */
};

/* What stands for a character: count code points of idna_texts, from at. */
struct idna_expansion {
	uint32_t code;
	uint16_t at;
	uint16_t count;
};

/* Two characters that are one when they follow each other. */
struct idna_pair {
	uint32_t first, second, whole;
};

#endif
