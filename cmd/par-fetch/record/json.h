/* SPDX-License-Identifier: ISC */
/*
 * json - the page record as a JSON object on one line.
 *
 *	{"url":"http://...","status":200,"type":"text/html","effective_url":"http://...",
 *	 "error":null,"body":"...","fields":["..."]}
 *
 * With --headers also "http_version":"1.1","address":"192.0.2.1","seconds":0.012345 and
 * "headers":[["Name","value"],...] before fields.
 *
 * A body that is no UTF-8 is body_base64 instead; one that is in a file, body_file.
 * Bytes elsewhere that are no UTF-8 become U+FFFD.
 */
#ifndef PAR_FETCH_JSON_H
#define PAR_FETCH_JSON_H

#include <stdbool.h>

#include "bytes.h"
#include "page_record.h"
#include "request.h"

/* in_file: body is the path of a file. */
void json_record(struct bytes *out, const struct request *request,
    const struct page_record_head *head, const struct bytes *body, bool in_file);

#endif
