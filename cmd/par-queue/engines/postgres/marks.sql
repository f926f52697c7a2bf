-- SPDX-License-Identifier: ISC
-- From version 1 of what is kept to version 2.

ALTER TABLE par_queue.queue ADD mark text NOT NULL DEFAULT ''; -- see engine.h
