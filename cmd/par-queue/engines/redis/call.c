/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "num.h"

void
call_begin(struct call *call, enum script script)
{
	call->script = script;
	call->count = 0;
	call->words.len = 0;
	call->cut = false;
	call_forget(call);
}

void
call_bytes(struct call *call, const void *data, size_t len)
{
	char head[32];
	int n = snprintf(head, sizeof(head), "$%zu\r\n", len);

	if (bytes_put(&call->words, head, (size_t)n) < 0 ||
	    bytes_put(&call->words, data, len) < 0 ||
	    bytes_put(&call->words, "\r\n", 2) < 0)
		call->cut = true;
	call->count++;
}

void
call_text(struct call *call, const char *text)
{
	call_bytes(call, text, strlen(text));
}

void
call_number(struct call *call, uint64_t number)
{
	char text[24];

	call_bytes(call, text, (size_t)(num_format(text, number) - text));
}

void
call_forget(struct call *call)
{
	if (call->reply != NULL)
		freeReplyObject(call->reply);
	call->reply = NULL;
}

void
call_free(struct call *call)
{
	call_begin(call, SCRIPT_NONE);
	bytes_free(&call->words);
}
