/* SPDX-License-Identifier: ISC */
/*
 * url_file - the states of the URL Standard's parser for URLs of files, which have
 * drives.
 */
#ifndef PAR_URL_FILE_H
#define PAR_URL_FILE_H

#include "url_parser.h"

/* File state: the rest is what follows the scheme, if the link has one.  0, or -1. */
int url_file_put(struct url_parser *p);

#endif
