-- SPDX-License-Identifier: ISC
-- Version 1 of what is kept: run once, in a transaction, in an empty schema par_queue.
-- What stages and strangers write is bytea: it is in nobody's encoding.  Times are ms
-- since 1970 by the server's clock.

CREATE TABLE par_queue.format (version bigint NOT NULL);
INSERT INTO par_queue.format VALUES (0);

-- What is given once: the order of chunks, results and graves, and ids of some.
CREATE SEQUENCE par_queue.place;

CREATE TABLE par_queue.queue (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	serial bigint NOT NULL DEFAULT 0, -- number of a chunk that was given last
	paused bigint NOT NULL DEFAULT 0,
	jobs bigint NOT NULL DEFAULT 0,
	drain bigint NOT NULL DEFAULT 0,
	rate text NOT NULL DEFAULT '0',
	tokens float8 NOT NULL DEFAULT 0, -- records that may be given now, with a rate
	filled bigint NOT NULL DEFAULT 0 -- when they were counted
) WITH (fillfactor = 20);

-- The numbers of a queue are sums of these, so that who changes them need not wait for
-- each other's transactions.
CREATE TABLE par_queue.tally (
	queue int NOT NULL,
	part int NOT NULL,
	accepted bigint NOT NULL DEFAULT 0,
	done bigint NOT NULL DEFAULT 0,
	dead bigint NOT NULL DEFAULT 0,
	dropped bigint NOT NULL DEFAULT 0,
	delayed bigint NOT NULL DEFAULT 0,
	running bigint NOT NULL DEFAULT 0,
	results bigint NOT NULL DEFAULT 0,
	chunks bigint NOT NULL DEFAULT 0, -- of results
	late bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (queue, part)
) WITH (fillfactor = 10);

CREATE TABLE par_queue.producer (
	queue int NOT NULL,
	name text NOT NULL,
	come bigint NOT NULL,
	until bigint NOT NULL,
	PRIMARY KEY (queue, name)
) WITH (fillfactor = 50);

CREATE TABLE par_queue.worker (
	queue int NOT NULL,
	name text NOT NULL,
	seen bigint NOT NULL,
	in_flight bigint NOT NULL DEFAULT 0,
	committed bigint NOT NULL DEFAULT 0,
	late bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (queue, name)
) WITH (fillfactor = 50);

CREATE TABLE par_queue.reader (
	queue int PRIMARY KEY,
	name text NOT NULL DEFAULT '',
	until bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

-- Somebody waits for something at a queue, which may not be there yet.
CREATE TABLE par_queue.await (
	queue text NOT NULL,
	kind bigint NOT NULL,
	armed boolean NOT NULL,
	PRIMARY KEY (queue, kind)
) WITH (fillfactor = 50);

-- Chunks that are not finished.  As a producer put it, its id is its number; others
-- have one below 0.
CREATE TABLE par_queue.chunk (
	queue int NOT NULL,
	id bigint NOT NULL,
	place bigint NOT NULL DEFAULT nextval('par_queue.place'),
	state smallint NOT NULL DEFAULT 0, -- 0 waits, 1 is delayed, 2 runs
	due bigint NOT NULL DEFAULT 0, -- when it is to wait, or its lease ends
	number bigint NOT NULL CHECK (number >= 0),
	records bigint NOT NULL CHECK (records > 0),
	attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	expires bigint NOT NULL DEFAULT 0 CHECK (expires >= 0),
	tries bigint NOT NULL DEFAULT 0, -- workers that had it
	lease bigint NOT NULL DEFAULT 0,
	worker text,
	data bytea NOT NULL,
	PRIMARY KEY (queue, id)
);
ALTER TABLE par_queue.chunk ALTER data SET STORAGE EXTERNAL;
CREATE INDEX chunk_waits ON par_queue.chunk (queue, place) WHERE state = 0;
CREATE INDEX chunk_delayed ON par_queue.chunk (queue, due) WHERE state = 1;
CREATE INDEX chunk_runs ON par_queue.chunk (queue, due) WHERE state = 2;
CREATE INDEX chunk_parts ON par_queue.chunk (queue, number) WHERE id < 0;

-- Results have a place from when they are first given to a reader: a later one is
-- always of later ones.
CREATE TABLE par_queue.result (
	queue int NOT NULL,
	id bigint NOT NULL DEFAULT nextval('par_queue.place'),
	place bigint,
	records bigint NOT NULL CHECK (records >= 0),
	data bytea NOT NULL,
	PRIMARY KEY (queue, id)
);
ALTER TABLE par_queue.result ALTER data SET STORAGE EXTERNAL;
CREATE INDEX result_new ON par_queue.result (queue, id) WHERE place IS NULL;
CREATE INDEX result_given ON par_queue.result (queue, place) WHERE place IS NOT NULL;

CREATE TABLE par_queue.grave (
	queue int NOT NULL,
	id bigint NOT NULL DEFAULT nextval('par_queue.place'),
	number bigint NOT NULL,
	records bigint NOT NULL,
	attempts bigint NOT NULL,
	why bytea NOT NULL,
	last bytea NOT NULL,
	data bytea NOT NULL,
	PRIMARY KEY (queue, id)
);
