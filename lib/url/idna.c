/* SPDX-License-Identifier: ISC */
#include "idna.h"

#ifdef HAVE_ICU_UC
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uidna.h>

/* The standard's CheckBidi and CheckJoiners, and Transitional_Processing is false. */
static const uint32_t checks =
    UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII;

/* CheckHyphens and VerifyDnsLength are false: these are no errors. */
static const uint32_t borne = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
    UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
    UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

/* 0, or -1 with errno. */
static int
check(UErrorCode error)
{
	if (U_SUCCESS(error))
		return 0;
	errno = error == U_MEMORY_ALLOCATION_ERROR ? ENOMEM : EINVAL;
	return -1;
}

/*
 * The tables are loaded once, and stay: to open it again costs next to nothing.  NULL
 * with errno.
 */
static UIDNA *
open_icu(void)
{
	UErrorCode error = U_ZERO_ERROR;
	UIDNA *icu = uidna_openUTS46(checks, &error);

	return check(error) < 0 ? NULL : icu;
}

void
idna_open(void)
{
	UIDNA *icu = open_icu();

	if (icu != NULL)
		uidna_close(icu);
}

static long
to_ascii(char *dst, size_t size, const char *domain, size_t len)
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode error = U_ZERO_ERROR;
	UIDNA *icu;
	int32_t got;

	errno = EINVAL;
	if (size > INT32_MAX)
		size = INT32_MAX;
	if (len > INT32_MAX)
		return -1;
	icu = open_icu();
	if (icu == NULL)
		return -1;
	got = uidna_nameToASCII_UTF8(
	    icu, domain, (int32_t)len, dst, (int32_t)size, &info, &error);
	uidna_close(icu);
	errno = EINVAL; /* of what follows in the host, too */
	if (check(error) < 0 || (info.errors & ~borne) != 0)
		return -1;
	return got;
}

const struct idna idna_icu = { to_ascii };

#endif
