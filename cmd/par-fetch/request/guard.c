/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <curl/curl.h>

#include "guard.h"

struct range {
	uint8_t prefix[16];
	unsigned bits;
};

/* The IANA special-purpose registries, and 168.63.129.16, where Azure answers. */
static const struct range not_public_4[] = {
	{ { 0 }, 8 },
	{ { 10 }, 8 },
	{ { 100, 64 }, 10 },
	{ { 127 }, 8 },
	{ { 168, 63, 129, 16 }, 32 },
	{ { 169, 254 }, 16 },
	{ { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 },
	{ { 192, 88, 99 }, 24 },
	{ { 192, 168 }, 16 },
	{ { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 },
	{ { 224 }, 4 },
	{ { 240 }, 4 },
};

/* All but 2000::/3 is no global address; what is special within it is here. */
static const struct range global_6 = { { 0x20 }, 3 };
static const struct range not_public_6[] = {
	{ { 0x20, 0x01 }, 23 }, /* Teredo, ORCHID, benchmarks */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x3f, 0xff }, 20 },
};

/* Ranges whose addresses hold one of IPv4, and where. */
static const struct {
	struct range range;
	size_t at;
} holds_4[] = {
	{ { { 0 }, 96 }, 12 },
	{ { { [10] = 0xff, [11] = 0xff }, 96 }, 12 },
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },
	{ { { 0x20, 0x02 }, 16 }, 2 },
};

static bool
within(const uint8_t *address, const struct range *range)
{
	unsigned whole = range->bits / 8, rest = range->bits % 8;

	if (memcmp(address, range->prefix, whole) != 0)
		return false;
	return rest == 0 || (address[whole] ^ range->prefix[whole]) >> (8 - rest) == 0;
}

static bool
public_4(const uint8_t *address)
{
	for (size_t i = 0; i < sizeof(not_public_4) / sizeof(not_public_4[0]); i++)
		if (within(address, &not_public_4[i]))
			return false;
	return true;
}

static bool
public_6(const uint8_t *address)
{
	for (size_t i = 0; i < sizeof(holds_4) / sizeof(holds_4[0]); i++)
		if (within(address, &holds_4[i].range))
			return public_4(address + holds_4[i].at);
	if (!within(address, &global_6))
		return false;
	for (size_t i = 0; i < sizeof(not_public_6) / sizeof(not_public_6[0]); i++)
		if (within(address, &not_public_6[i]))
			return false;
	return true;
}

/* The bytes of address, and how many they are; NULL if it is neither IPv4 nor IPv6. */
static const uint8_t *
bytes_of(const struct sockaddr *address, size_t *len)
{
	if (address->sa_family == AF_INET) {
		*len = 4;
		return (const uint8_t *)&(
		    (const struct sockaddr_in *)(const void *)address)
		    ->sin_addr;
	}
	if (address->sa_family == AF_INET6) {
		*len = 16;
		return (const uint8_t *)&(
		    (const struct sockaddr_in6 *)(const void *)address)
		    ->sin6_addr;
	}
	return NULL;
}

static bool
listed(const struct curl_slist *list, int family, const uint8_t *address, size_t len)
{
	uint8_t one[16];

	for (; list != NULL; list = list->next)
		if (inet_pton(family, list->data, one) == 1 &&
		    memcmp(one, address, len) == 0)
			return true;
	return false;
}

bool
guard_public(const struct sockaddr *address, const struct curl_slist *allowed)
{
	size_t len;
	const uint8_t *bytes = bytes_of(address, &len);

	if (bytes == NULL)
		return false;
	if (listed(allowed, address->sa_family, bytes, len))
		return true;
	return len == 4 ? public_4(bytes) : public_6(bytes);
}

bool
guard_public_text(const char *text, const struct curl_slist *allowed)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return guard_public(
		    (const struct sockaddr *)(const void *)&four, allowed);
	if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		return guard_public((const struct sockaddr *)(const void *)&six, allowed);
	return false;
}
