/* SPDX-License-Identifier: ISC */
/*
 * url_sets - the percent-encode sets of the URL Standard, and what url_join() asks of a
 * byte besides.
 */
#ifndef PAR_URL_SETS_H
#define PAR_URL_SETS_H

/* The percent-encode sets that a byte is in. */
enum {
	SET_CONTROL = 1,
	SET_FRAGMENT = 2,
	SET_QUERY = 4,
	SET_SPECIAL_QUERY = 8,
	SET_PATH = 16,
	SET_USERINFO = 32,
	SET_PERCENT = 64 /* "%" alone: url_join() has to look at it */
};

/* By byte, the sets that it is in; those from 0x80 on are in all of them. */
extern const unsigned char url_sets[128];

#endif
