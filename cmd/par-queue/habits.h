/* SPDX-License-Identifier: ISC */
/*
 * habits - what people know from Celery and RQ, and what it is here: options and verbs
 * that are not ours.
 */
#ifndef PAR_QUEUE_HABITS_H
#define PAR_QUEUE_HABITS_H

#include "opt.h"

/* Options of each verb, letters of ours that are others there, and verbs. */
extern const struct opt_foreign habits_of_work[], habits_of_put[], habits_of_get[],
    habits_of_others[], habits_letters[], habits_verbs[];

/* What is here what word is there, or NULL. */
const char *habits_verb(const char *word);

/*
 * Why that is no stage, or NULL: a word that is an option, or a place for a record, which
 * par-run has.  NULL ends words.
 */
const char *habits_no_stage(char *const *words);

#endif
