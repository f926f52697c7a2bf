/* SPDX-License-Identifier: ISC */
/*
 * par-queue(1) - records on a queue, of this machine or of a server.
 * README lists its files, lowest layer first.
 */
#include <signal.h>

#include "copy.h"
#include "diag.h"
#include "get.h"
#include "look.h"
#include "put.h"
#include "roles.h"
#include "sig.h"
#include "tell.h"
#include "verb.h"
#include "work.h"

static enum status
run(const struct queue_options *options)
{
	switch (options->verb) {
	case VERB_PUT:
		return put_run(options);
	case VERB_WORK:
		return work_run(options);
	case VERB_GET:
		return get_run(options);
	case VERB_STAT:
		return look_stat(options);
	case VERB_PS:
		return look_workers(options);
	case VERB_DEAD:
		return tell_dead(options);
	case VERB_REVOKE:
		return tell_revoke(options);
	case VERB_PAUSE:
	case VERB_RESUME:
	case VERB_SCALE:
	case VERB_RATE:
	case VERB_DRAIN:
		return tell_workers(options);
	case VERB_CHECK:
		return look_check(options);
	case VERB_PURGE:
		return tell_purge(options);
	case VERB_COPY:
		return copy_run(options);
	case VERB_COUNT:
		break;
	}
	return STATUS_MISUSE;
}

/* No file may be two of those that are given. */
static void
check_roles(const struct queue_options *o)
{
	bool writes = o->verb != VERB_WORK && o->verb != VERB_COPY &&
	    (o->verb != VERB_PUT || o->ids);
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	if (o->verb == VERB_PUT)
		roles_add(&roles, ROLE_INPUT, NULL, "-");
	if (writes)
		roles_add(&roles, ROLE_OUTPUT, NULL, "-");
	roles_add(&roles, ROLE_REPLACED, "--state", o->state);
	roles_add(&roles, ROLE_SETTINGS, "--password-file", o->engine.password_file);
	roles_add(&roles, ROLE_SETTINGS, "--cert", o->engine.certificate);
	roles_add(&roles, ROLE_SETTINGS, "--to-password-file", o->to.password_file);
	roles_add(&roles, ROLE_SETTINGS, "--to-cert", o->to.certificate);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

int
main(int argc, char **argv)
{
	struct queue_options options;
	enum status status;

	sig_begin();
	diag_on_abort();
	verb_read(&options, argc, argv);
	check_roles(&options);
	signal(SIGPIPE, SIG_IGN); /* a server that leaves is an error to deal with */
	status = run(&options);
	verb_release(&options);
	return (int)status;
}
