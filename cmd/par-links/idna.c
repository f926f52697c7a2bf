/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uidna.h>

#include "diag.h"
#include "idna.h"

/* The standard's CheckBidi and CheckJoiners, and Transitional_Processing is false. */
static const uint32_t checks =
    UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII;

/* CheckHyphens and VerifyDnsLength are false: these are no errors. */
static const uint32_t borne = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
    UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
    UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

/* Without memory a name would be taken for one that is no name. */
static bool
succeeded(UErrorCode error)
{
	if (error == U_MEMORY_ALLOCATION_ERROR)
		die(STATUS_BROKEN, ENOMEM, "names of hosts");
	return U_SUCCESS(error);
}

/* The tables are loaded once, and stay: to open it again costs next to nothing. */
static UIDNA *
open_icu(void)
{
	UErrorCode error = U_ZERO_ERROR;
	UIDNA *icu = uidna_openUTS46(checks, &error);

	return succeeded(error) ? icu : NULL;
}

void
idna_open(void)
{
	UIDNA *icu = open_icu();

	if (icu != NULL)
		uidna_close(icu);
}

long
idna_to_ascii(char *dst, size_t size, const char *domain, size_t len)
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode error = U_ZERO_ERROR;
	UIDNA *icu;
	int32_t got;

	if (size > INT32_MAX)
		size = INT32_MAX;
	if (len > INT32_MAX || (icu = open_icu()) == NULL)
		return -1;
	got = uidna_nameToASCII_UTF8(
	    icu, domain, (int32_t)len, dst, (int32_t)size, &info, &error);
	uidna_close(icu);
	return succeeded(error) && (info.errors & ~borne) == 0 ? got : -1;
}
