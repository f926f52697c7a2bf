-- SPDX-License-Identifier: ISC
-- What happens on the server in one step: made anew with each version.  A function is
-- one transaction.  What is long is never given by one of them, as a caller that does not
-- read would hold what it has locked: it is listed in a setting of the session, and read
-- by a function that locks nothing.
-- @SET is what each has: names are of this schema, and tables have an index for all that
-- is asked of them, whatever the server knows of their size.

-- By its id: no queue has it while it is deleted.
CREATE FUNCTION par_queue.guard(i int) RETURNS void LANGUAGE sql AS $$
	SELECT pg_catalog.pg_advisory_xact_lock_shared(1885434481, i)
$$;

CREATE FUNCTION par_queue.now_ms() RETURNS bigint LANGUAGE sql AS $$
	SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint
$$;

-- Which of the parts of a tally is of that worker or producer.
CREATE FUNCTION par_queue.part_of(who text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
	SELECT pg_catalog.hashtext(who) & 7
$$;

-- The change of that need not be on the disk.
CREATE FUNCTION par_queue.in_haste() RETURNS void LANGUAGE sql AS $$
	SELECT pg_catalog.set_config('synchronous_commit', 'off', true)
$$;

-- The id of a queue, which stays until the end of the transaction; NULL: there is none.
CREATE FUNCTION par_queue.look(q text) RETURNS int LANGUAGE plpgsql @SET AS $$
DECLARE
	a int;
	b int;
BEGIN
	LOOP
		SELECT id INTO a FROM queue WHERE name = q;
		IF a IS NULL THEN
			RETURN NULL;
		END IF;
		PERFORM guard(a);
		SELECT id INTO b FROM queue WHERE name = q;
		IF a = b THEN
			RETURN a;
		END IF;
	END LOOP;
END $$;

-- The same, for what is refused where it is closed: see engine.h.
CREATE FUNCTION par_queue.enter(q text) RETURNS int LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := look(q);
	m text;
BEGIN
	SELECT mark INTO m FROM queue WHERE id = i AND mark <> '' AND mark NOT LIKE 'h%';
	IF FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'PQ001', MESSAGE = q || ' ' || m;
	END IF;
	RETURN i;
END $$;

-- The same, and it is made if it is not there.
CREATE FUNCTION par_queue.need(q text) RETURNS int LANGUAGE plpgsql @SET AS $$
DECLARE
	i int;
BEGIN
	LOOP
		i := enter(q);
		IF i IS NOT NULL THEN
			RETURN i;
		END IF;
		INSERT INTO queue (name) VALUES (q) ON CONFLICT DO NOTHING RETURNING id INTO i;
		IF i IS NOT NULL THEN
			PERFORM guard(i);
			INSERT INTO tally (queue, part) SELECT i, n FROM generate_series(0, 8) n;
			INSERT INTO reader (queue) VALUES (i);
			RETURN i;
		END IF;
	END LOOP;
END $$;

-- A producer begins, or needs more numbers.
CREATE FUNCTION par_queue.begin(q text, who text, numbers bigint,
	OUT come bigint, OUT first bigint, OUT id bigint) LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := need(q);
	t bigint := now_ms();
BEGIN
	id := i;
	UPDATE queue SET serial = serial + numbers WHERE queue.id = i
		RETURNING serial - numbers + 1 INTO first;
	SELECT p.come INTO come FROM producer p WHERE queue = i AND name = who AND until > t;
	IF come IS NULL THEN
		come := 0;
		DELETE FROM producer WHERE queue = i AND until <= t;
	END IF;
END $$;

-- Records that a queue has and are not finished.
CREATE FUNCTION par_queue.unfinished(i int) RETURNS bigint LANGUAGE plpgsql @SET AS $$
BEGIN
	RETURN (SELECT greatest(coalesce(sum(accepted - done - dead - dropped), 0), 0)
		FROM tally WHERE queue = i);
END $$;

-- Accept chunks that were copied in this transaction, and with them how far their
-- producer has come: what was accepted is not accepted again, and nothing is passed over.
CREATE FUNCTION par_queue.put(i bigint, q text, who text, keep bigint, most bigint,
	delay bigint, at bigint, stale bigint,
	froms bigint[], tos bigint[], numbers bigint[], counts bigint[])
	RETURNS TABLE (outcome text, come bigint, open bigint) LANGUAGE plpgsql @SET AS $$
DECLARE
	here int := need(q);
	t bigint := now_ms();
	ready bigint := greatest(t + delay, at);
	mine int := part_of(who);
	refused bigint[] := '{}';
	added bigint := 0;
BEGIN
	IF here <> i THEN
		DELETE FROM chunk c WHERE c.queue = i AND c.id = ANY (numbers);
		RETURN QUERY SELECT 'moved', here::bigint, 0::bigint;
		RETURN;
	END IF;
	INSERT INTO producer VALUES (here, who, 0, t + keep) ON CONFLICT DO NOTHING;
	SELECT CASE WHEN p.until > t THEN p.come ELSE 0 END INTO come
		FROM producer p WHERE p.queue = here AND p.name = who FOR UPDATE;
	IF most > 0 THEN
		mine := 8;
		PERFORM FROM tally y WHERE y.queue = here AND y.part = mine FOR UPDATE;
	END IF;
	open := unfinished(here);
	FOR k IN 1 .. cardinality(froms) LOOP
		IF come <> froms[k] THEN
			outcome := 'at';
			refused := refused || numbers[k];
		ELSIF most > 0 AND open >= most THEN
			outcome := 'full';
			refused := refused || numbers[k];
		ELSE
			outcome := 'ok';
			come := tos[k];
			open := open + counts[k];
			added := added + counts[k];
		END IF;
		RETURN NEXT;
	END LOOP;
	IF cardinality(refused) > 0 THEN
		DELETE FROM chunk c WHERE c.queue = here AND c.id = ANY (refused);
	END IF;
	IF added = 0 THEN
		RETURN;
	END IF;
	IF stale > 0 OR ready > t THEN
		UPDATE chunk c SET expires = CASE WHEN stale > 0 THEN t + stale ELSE 0 END,
			state = CASE WHEN ready > t THEN 1 ELSE 0 END,
			due = CASE WHEN ready > t THEN ready ELSE 0 END
			WHERE c.queue = here AND c.id = ANY (numbers);
	END IF;
	UPDATE tally y SET accepted = y.accepted + added,
		delayed = y.delayed + CASE WHEN ready > t THEN added ELSE 0 END
		WHERE y.queue = here AND y.part = mine;
	UPDATE producer p SET come = put.come, until = t + keep
		WHERE p.queue = here AND p.name = who;
END $$;

-- Where a producer is, and how many records are not finished.
CREATE FUNCTION par_queue.seen(q text, who text, OUT id bigint, OUT come bigint,
	OUT open bigint) LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := need(q);
BEGIN
	id := i;
	SELECT p.come INTO come FROM producer p
		WHERE p.queue = i AND p.name = who AND p.until > now_ms();
	come := coalesce(come, 0);
	open := unfinished(i);
END $$;

-- A producer will not come again.
CREATE FUNCTION par_queue.forget(q text, who text) RETURNS void LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := look(q);
BEGIN
	PERFORM in_haste();
	DELETE FROM producer WHERE queue = i AND name = who;
END $$;

-- A chunk is dead.
CREATE FUNCTION par_queue.bury(i int, c bigint, reason bytea) RETURNS void
	LANGUAGE plpgsql @SET AS $$
BEGIN
	WITH gone AS (DELETE FROM chunk WHERE queue = i AND id = c
		RETURNING number, records, attempts, data)
	INSERT INTO grave (queue, number, records, attempts, why, last, data)
		SELECT i, number, records, attempts, reason, '', data FROM gone;
END $$;

-- How many records there are, as the lines of the data say.
CREATE FUNCTION par_queue.lines(d bytea) RETURNS bigint LANGUAGE plpgsql @SET AS $$
DECLARE
	n bigint := 0;
	at int := 1;
	p int;
BEGIN
	LOOP
		p := position('\x0a'::bytea IN substring(d FROM at));
		EXIT WHEN p = 0;
		n := n + 1;
		at := at + p;
	END LOOP;
	RETURN greatest(n + CASE WHEN at <= length(d) THEN 1 ELSE 0 END, 1);
END $$;

-- Each record a chunk of its own, so that one that kills workers is alone.  False: it has
-- not as many records as it says.
CREATE FUNCTION par_queue.split(i int, c bigint) RETURNS boolean LANGUAGE plpgsql @SET AS $$
DECLARE
	old chunk;
	at int := 1;
	p int;
BEGIN
	SELECT * INTO old FROM chunk WHERE queue = i AND id = c;
	IF lines(old.data) <> old.records OR get_byte(old.data, length(old.data) - 1) <> 10 THEN
		RETURN false;
	END IF;
	DELETE FROM chunk WHERE queue = i AND id = c;
	LOOP
		p := position('\x0a'::bytea IN substring(old.data FROM at));
		EXIT WHEN p = 0;
		INSERT INTO chunk (queue, id, number, records, attempts, expires, data)
			VALUES (i, -nextval('place'), old.number, 1, old.attempts, old.expires,
				substring(old.data FROM at FOR p));
		at := at + p;
	END LOOP;
	RETURN true;
END $$;

-- Give chunks to a worker: first those whose worker did not renew its lease, then waiting
-- ones, delayed ones that are due among them.  A row for each that died here, and at last
-- one that says in how many ms there may be more by itself, or -1.  What is given is in
-- given_chunks().  sure: chunks that others look at are waited for.
CREATE FUNCTION par_queue.take(q text, me text, want bigint, size bigint, term bigint,
	deaths bigint, most bigint, sure bigint)
	RETURNS TABLE (what text, number bigint, why bytea, first bytea)
	LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := enter(q);
	t bigint := now_ms();
	z queue;
	c record;
	given bigint[] := '{}';
	speed float8 := 0;
	ran bigint := 0; -- records that run more than before,
	died bigint := 0; -- are dead,
	grew bigint := 0; -- are counted now where nobody had counted them,
	ripe_ones bigint := 0; -- and are no longer delayed
	looks int := 64;
	soon bigint;
BEGIN
	PERFORM set_config('par_queue.queue', coalesce(i, 0)::text, false);
	PERFORM set_config('par_queue.given', '{}', false);
	what := 'due';
	number := -1;
	why := '';
	first := '';
	IF i IS NULL THEN
		RETURN NEXT;
		RETURN;
	END IF;
	PERFORM in_haste();
	SELECT * INTO z FROM queue WHERE id = i;
	IF z.paused <> 0 OR (most > 0 AND (SELECT sum(chunks) FROM tally WHERE queue = i) >= most)
	THEN
		RETURN NEXT;
		RETURN;
	END IF;
	-- The limit of records a second: a bucket that begins with one, holds those of a
	-- tenth of a second, since nobody asks every moment, and may be overdrawn by a chunk.
	IF z.rate <> '0' THEN
		SELECT * INTO z FROM queue WHERE id = i FOR UPDATE;
		speed := z.rate::float8;
	END IF;
	IF speed > 0 THEN
		z.tokens := CASE WHEN z.filled = 0 THEN 1
			ELSE z.tokens + greatest(t - z.filled, 0) * speed / 1000 END;
		z.tokens := least(greatest(speed / 10, 1), z.tokens);
		want := least(want, floor(z.tokens)::bigint);
		IF want <= 0 THEN
			soon := t + ceil((1 - z.tokens) * 1000 / speed)::bigint;
		END IF;
	END IF;
	IF sure > 0 THEN -- a clock that was set back ends no lease for long
		UPDATE chunk x SET due = t WHERE x.queue = i AND x.state = 2 AND x.due > t + x.lease + 1000;
	END IF;

	WHILE want > 0 AND size > 0 AND looks > 0 LOOP
		SELECT x.id, x.records, octet_length(x.data) AS len, x.tries, x.expires, x.number INTO c
			FROM chunk x WHERE x.queue = i AND x.state = 2 AND x.due <= t
			ORDER BY x.due LIMIT 1 FOR UPDATE SKIP LOCKED;
		EXIT WHEN NOT FOUND;
		looks := looks - 1;
		IF c.expires > 0 AND c.expires <= t THEN
			why := 'expired'::bytea;
		ELSIF c.tries > 1 AND c.records = 1 AND c.tries >= deaths THEN
			why := (c.tries || ' workers died with it, or hung')::bytea;
		ELSIF c.tries > 1 AND c.records > 1 THEN
			IF split(i, c.id) THEN
				ran := ran - c.records;
				CONTINUE;
			END IF;
			why := 'not a chunk: it has not as many records as it says'::bytea;
			number := c.records;
			UPDATE chunk x SET records = lines(x.data) WHERE x.queue = i AND x.id = c.id
				RETURNING x.records INTO c.records;
			grew := grew + c.records - number;
			ran := ran - number + c.records; -- as below
		ELSIF c.tries > 1 AND cardinality(given) > 0 THEN
			EXIT; -- later: it is to be alone
		ELSE
			UPDATE chunk x SET worker = me, lease = term, due = t + term, tries = x.tries + 1
				WHERE x.queue = i AND x.id = c.id;
			given := given || c.id;
			want := CASE WHEN c.tries > 1 THEN 0 ELSE want - c.records END;
			size := size - c.len;
			z.tokens := z.tokens - c.records;
			CONTINUE;
		END IF;
		what := 'dead';
		number := c.records;
		SELECT substring(x.data FOR least(nullif(position('\x0a'::bytea IN x.data), 0) - 1, 1024))
			INTO first FROM chunk x WHERE x.queue = i AND x.id = c.id;
		PERFORM bury(i, c.id, why);
		ran := ran - c.records;
		died := died + c.records;
		RETURN NEXT;
	END LOOP;

	WITH ripe AS (SELECT x.id FROM chunk x WHERE x.queue = i AND x.state = 1 AND x.due <= t
			ORDER BY x.due LIMIT 64 FOR UPDATE SKIP LOCKED),
		moved AS (UPDATE chunk x SET state = 0, due = 0 FROM ripe
			WHERE x.queue = i AND x.id = ripe.id RETURNING x.records)
	SELECT coalesce(sum(records), 0) INTO ripe_ones FROM moved;

	WHILE want > 0 AND size > 0 AND looks > 0 LOOP
		IF sure > 0 THEN
			SELECT x.id, x.records, octet_length(x.data) AS len, x.expires INTO c
				FROM chunk x WHERE x.queue = i AND x.state = 0
				ORDER BY x.place LIMIT 1 FOR UPDATE;
		ELSE
			SELECT x.id, x.records, octet_length(x.data) AS len, x.expires INTO c
				FROM chunk x WHERE x.queue = i AND x.state = 0
				ORDER BY x.place LIMIT 1 FOR UPDATE SKIP LOCKED;
		END IF;
		EXIT WHEN NOT FOUND;
		looks := looks - 1;
		IF c.expires > 0 AND c.expires <= t THEN
			what := 'dead';
			number := c.records;
			why := 'expired'::bytea;
			SELECT substring(x.data FOR least(nullif(position('\x0a'::bytea IN x.data), 0) - 1, 1024))
				INTO first FROM chunk x WHERE x.queue = i AND x.id = c.id;
			PERFORM bury(i, c.id, why);
			died := died + c.records;
			RETURN NEXT;
		ELSE
			UPDATE chunk x SET state = 2, worker = me, lease = term, due = t + term, tries = 1
				WHERE x.queue = i AND x.id = c.id;
			given := given || c.id;
			want := want - c.records;
			size := size - c.len;
			ran := ran + c.records;
			z.tokens := z.tokens - c.records;
		END IF;
	END LOOP;

	IF speed > 0 THEN
		UPDATE queue SET tokens = z.tokens, filled = t WHERE id = i;
	END IF;
	IF ran <> 0 OR died <> 0 OR ripe_ones <> 0 OR grew <> 0 THEN
		UPDATE tally y SET running = y.running + ran, dead = y.dead + died,
			accepted = y.accepted + grew, delayed = y.delayed - ripe_ones
			WHERE y.queue = i AND y.part = part_of(me);
	END IF;
	PERFORM set_config('par_queue.given', given::text, false);
	IF cardinality(given) = 0 THEN
		soon := least(soon, (SELECT min(x.due) FROM chunk x WHERE x.queue = i AND x.state = 1),
			CASE WHEN speed = 0 OR want > 0 THEN
				(SELECT min(x.due) FROM chunk x WHERE x.queue = i AND x.state = 2) END);
	END IF;
	what := 'due';
	number := CASE WHEN soon IS NULL THEN -1 ELSE greatest(soon - t, 0) END;
	why := '';
	first := '';
	RETURN NEXT;
END $$;

CREATE FUNCTION par_queue.given_chunks()
	RETURNS TABLE (id text, number text, expires text, records bigint, attempts bigint,
		alone bigint, data bytea) LANGUAGE plpgsql @SET AS $$
BEGIN
	RETURN QUERY SELECT c.id::text, c.number::text, c.expires::text, c.records, c.attempts,
		CASE WHEN c.tries > 2 THEN 1::bigint ELSE 0 END, c.data
		FROM unnest(current_setting('par_queue.given')::bigint[]) WITH ORDINALITY g (id, nth)
		JOIN chunk c ON c.queue = current_setting('par_queue.queue')::int AND c.id = g.id
		ORDER BY g.nth;
END $$;

-- A new chunk: a part of one, or what comes from another queue.
CREATE FUNCTION par_queue.add(i int, number bigint, records bigint, attempts bigint,
	expires bigint, ready bigint, data bytea) RETURNS void LANGUAGE plpgsql @SET AS $$
BEGIN
	INSERT INTO chunk (queue, id, state, due, number, records, attempts, expires, data)
		VALUES (i, -nextval('place'), CASE WHEN ready > 0 THEN 1 ELSE 0 END, ready,
			add.number, add.records, add.attempts, add.expires, add.data);
END $$;

-- Chunks are finished: their results, and what became of the records that have none.
-- All through one gate, so that of two workers that had one only one commits.  A part of
-- p_of is of the chunk with that index; its kind is 0 later, 1 dead, 2 ill.  The answer
-- says which were late.
CREATE FUNCTION par_queue.commit(q text, ids bigint[], counts bigint[], finished bigint[],
	sizes bigint[], outs bytea[], nexts text[], mes text[], lasts bytea[],
	p_of bigint[], p_kind bigint[], p_records bigint[], p_attempts bigint[],
	p_wait bigint[], p_why bytea[], p_data bytea[])
	RETURNS TABLE (late bigint) LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := look(q);
	t bigint := now_ms();
	s tally; -- what is added
	j int;
	n bigint;
	old record;
	p int := 1;
	parts int := cardinality(p_of);
	well bigint := 0; -- chunks of the worker at hand that count,
	badly bigint := 0; -- and that were late
BEGIN
	s := (i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	-- In one order for all, so that no two wait for each other.
	PERFORM FROM chunk c WHERE c.queue = i AND c.id = ANY (ids) ORDER BY c.id FOR UPDATE;
	FOR k IN 1 .. cardinality(ids) LOOP
		DELETE FROM chunk c WHERE c.queue = i AND c.id = ids[k] AND c.state = 2
			RETURNING c.number, c.records, c.expires INTO old;
		late := CASE WHEN FOUND THEN 0 ELSE 1 END;
		RETURN NEXT;
		well := well + 1 - late;
		badly := badly + late;
		IF mes[k + 1] IS DISTINCT FROM mes[k] THEN
			UPDATE worker w SET seen = t, committed = w.committed + well,
				late = w.late + badly
				WHERE w.queue = i AND w.name = mes[k] AND mes[k] <> '';
			well := 0;
			badly := 0;
		END IF;
		IF late > 0 THEN
			s.late := s.late + counts[k];
			WHILE p <= parts AND p_of[p] = k LOOP
				p := p + 1;
			END LOOP;
			CONTINUE;
		END IF;
		s.running := s.running - old.records;
		s.done := s.done + finished[k];
		IF octet_length(outs[k]) > 0 AND nexts[k] <> '' THEN
			j := need(nexts[k]);
			UPDATE queue SET serial = serial + 1 WHERE id = j RETURNING serial INTO n;
			PERFORM add(j, n, sizes[k], 0, 0, 0, outs[k]);
			UPDATE tally y SET accepted = y.accepted + sizes[k]
				WHERE y.queue = j AND y.part = part_of(mes[k]);
		ELSIF octet_length(outs[k]) > 0 THEN
			INSERT INTO result (queue, records, data) VALUES (i, sizes[k], outs[k]);
			s.results := s.results + sizes[k];
			s.chunks := s.chunks + 1;
		END IF;
		WHILE p <= parts AND p_of[p] = k LOOP
			n := p_records[p];
			IF p_kind[p] = 2 THEN
				n := lines(p_data[p]);
				s.accepted := s.accepted + n - old.records;
			END IF;
			IF p_kind[p] > 0 THEN
				INSERT INTO grave (queue, number, records, attempts, why, last, data)
					VALUES (i, old.number, n, p_attempts[p], p_why[p], lasts[k], p_data[p]);
				s.dead := s.dead + n;
			ELSIF p_wait[p] > 0 THEN
				PERFORM add(i, old.number, n, p_attempts[p], old.expires, t + p_wait[p], p_data[p]);
				s.delayed := s.delayed + n;
			ELSE
				PERFORM add(i, old.number, n, p_attempts[p], old.expires, 0, p_data[p]);
			END IF;
			p := p + 1;
		END LOOP;
	END LOOP;
	UPDATE tally y SET accepted = y.accepted + s.accepted, done = y.done + s.done,
		dead = y.dead + s.dead, delayed = y.delayed + s.delayed,
		running = y.running + s.running, results = y.results + s.results,
		chunks = y.chunks + s.chunks, late = y.late + s.late
		WHERE y.queue = i AND y.part = part_of(mes[1]);
END $$;

-- A worker is alive: renew the lease of the chunks that are still its own; the others
-- are lost.  Those that nobody has heard of for a day, and that have nothing, are
-- forgotten.
CREATE FUNCTION par_queue.beat(q text, me text, flying bigint, well bigint, badly bigint,
	ids bigint[], OUT now bigint, OUT jobs bigint, OUT drain bigint, OUT lost text)
	LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := look(q);
	own bigint[] := '{}';
BEGIN
	PERFORM in_haste();
	now := now_ms();
	jobs := 0;
	drain := 0;
	IF i IS NOT NULL THEN
		SELECT z.jobs, z.drain INTO jobs, drain FROM queue z WHERE z.id = i;
		INSERT INTO worker AS w VALUES (i, me, beat.now, flying, well, badly)
			ON CONFLICT (queue, name) DO UPDATE SET seen = beat.now, in_flight = flying,
			committed = well, late = badly;
		WITH renewed AS (UPDATE chunk c SET due = beat.now + c.lease
			WHERE c.queue = i AND c.id = ANY (ids) AND c.state = 2 AND c.worker = me
			RETURNING c.id)
		SELECT coalesce(array_agg(r.id), '{}') INTO own FROM renewed r;
		DELETE FROM worker w WHERE w.queue = i AND w.seen < beat.now - 86400000 AND NOT EXISTS
			(SELECT FROM chunk c WHERE c.queue = i AND c.state = 2 AND c.worker = w.name);
	END IF;
	lost := coalesce((SELECT string_agg(x::text, ' ') FROM unnest(ids) x WHERE x <> ALL (own)), '');
END $$;

-- A worker ends: what it has lapses.
CREATE FUNCTION par_queue.leave(q text, me text) RETURNS void LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := look(q);
BEGIN
	PERFORM in_haste();
	UPDATE chunk SET due = 0 WHERE queue = i AND state = 2 AND worker = me;
	DELETE FROM worker WHERE queue = i AND name = me;
END $$;

-- Results for the one reader: drop those up to safe, and list the ones after last for
-- given_results().  New ones get their place here, on the disk before they are given.
CREATE FUNCTION par_queue.read(q text, me text, stay bigint, safe bigint, last bigint,
	size bigint, OUT busy bigint, OUT open bigint, OUT dead bigint)
	LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := enter(q);
	t bigint := now_ms();
	r reader;
	given bigint[] := '{}';
	fresh bigint[] := '{}';
	n bigint;
	lost bigint;
	changed boolean := false;
BEGIN
	PERFORM set_config('par_queue.queue', coalesce(i, 0)::text, false);
	PERFORM set_config('par_queue.given', '{}', false);
	busy := 0;
	open := 0;
	dead := 0;
	IF i IS NULL THEN
		RETURN;
	END IF;
	SELECT * INTO r FROM reader WHERE queue = i FOR UPDATE;
	IF r.name <> '' AND r.name <> me AND r.until > t AND r.until <= t + 86400000 THEN
		busy := 1;
		PERFORM in_haste();
		RETURN;
	END IF;
	UPDATE reader SET name = CASE WHEN size > 0 THEN me ELSE '' END, until = t + stay
		WHERE queue = i;
	IF safe > 0 THEN
		WITH gone AS (DELETE FROM result x WHERE x.queue = i AND x.place <= safe
			RETURNING x.records)
		SELECT count(*), coalesce(sum(records), 0) INTO n, lost FROM gone;
		UPDATE tally y SET results = y.results - lost, chunks = y.chunks - n
			WHERE y.queue = i AND y.part = part_of(me) AND n > 0;
		changed := n > 0;
	END IF;
	SELECT greatest(coalesce(sum(y.accepted - y.done - y.dead - y.dropped), 0), 0), greatest(sum(y.dead), 0)
		INTO open, dead FROM tally y WHERE y.queue = i;
	IF size > 0 THEN
		SELECT coalesce(array_agg(id ORDER BY place), '{}'), coalesce(sum(len), 0) INTO given, n
			FROM (SELECT id, place, len, sum(len) OVER (ORDER BY place) - len AS before
				FROM (SELECT x.id, x.place, octet_length(x.data) AS len FROM result x
					WHERE x.queue = i AND x.place > last ORDER BY x.place LIMIT 1000) y) z
			WHERE before < size;
		IF n < size AND cardinality(given) < 1000 THEN
			size := size - n;
			SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO fresh
				FROM (SELECT id, len, sum(len) OVER (ORDER BY id) - len AS before
					FROM (SELECT x.id, octet_length(x.data) AS len FROM result x
						WHERE x.queue = i AND x.place IS NULL ORDER BY x.id LIMIT 1000) y) z
				WHERE before < size;
			IF cardinality(fresh) > 0 THEN
				UPDATE result x SET place = nextval('place')
					WHERE x.queue = i AND x.id = ANY (fresh);
				given := given || fresh;
				changed := true;
			END IF;
		END IF;
		PERFORM set_config('par_queue.given', given::text, false);
	END IF;
	IF NOT changed THEN
		PERFORM in_haste();
	END IF;
END $$;

CREATE FUNCTION par_queue.given_results() RETURNS TABLE (id text, data bytea)
	LANGUAGE plpgsql @SET AS $$
BEGIN
	RETURN QUERY SELECT r.place::text, r.data FROM result r
		WHERE r.queue = current_setting('par_queue.queue')::int
		AND r.id = ANY (current_setting('par_queue.given')::bigint[]) ORDER BY r.place;
END $$;

-- A page of the dead, of so many bytes and a little more.
CREATE FUNCTION par_queue.graves(q text, last bigint, size bigint)
	RETURNS TABLE (id text, records text, attempts text, number text, why bytea, said bytea,
		data bytea) LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := (SELECT z.id FROM queue z WHERE z.name = q);
BEGIN
	RETURN QUERY SELECT g.id::text, g.records::text, g.attempts::text, g.number::text,
		g.why, g.last, g.data
		FROM (SELECT *, sum(octet_length(y.data)) OVER (ORDER BY y.id) - octet_length(y.data) AS before
			FROM (SELECT * FROM grave x WHERE x.queue = i AND x.id > graves.last
				ORDER BY x.id LIMIT 100) y) g
		WHERE g.before < size ORDER BY g.id;
END $$;

-- Dead chunks, by their ids, back to the queue or away for good.
CREATE FUNCTION par_queue.undead(q text, back bigint, ids bigint[]) RETURNS void
	LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := enter(q);
	g grave;
	s tally;
BEGIN
	s := (i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	FOR k IN 1 .. cardinality(ids) LOOP
		SELECT * INTO g FROM grave WHERE queue = i AND id = ids[k] FOR UPDATE;
		CONTINUE WHEN NOT FOUND; -- another one was faster
		IF back > 0 THEN -- what has no record cannot come back: it stays
			CONTINUE WHEN octet_length(g.data) = 0;
			CONTINUE WHEN get_byte(g.data, octet_length(g.data) - 1) <> 10;
			PERFORM add(i, g.number, g.records, 0, 0, 0, g.data);
		ELSE
			s.dropped := s.dropped + g.records;
		END IF;
		DELETE FROM grave WHERE queue = i AND id = ids[k];
		s.dead := s.dead - g.records;
	END LOOP;
	UPDATE tally y SET dead = y.dead + s.dead, dropped = y.dropped + s.dropped
		WHERE y.queue = i AND y.part = 8;
END $$;

-- Bury what came of the chunks accepted under these numbers; how many records.
CREATE FUNCTION par_queue.revoke(q text, numbers bigint[], OUT records bigint)
	LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := enter(q);
	s tally;
	c record;
BEGIN
	records := 0;
	s := (i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	FOR c IN SELECT x.id, x.state, x.records FROM chunk x WHERE x.queue = i
			AND (x.id = ANY (numbers) OR (x.id < 0 AND x.number = ANY (numbers)))
			ORDER BY x.id FOR UPDATE LOOP
		PERFORM bury(i, c.id, 'revoked'::bytea);
		records := records + c.records;
		s.delayed := s.delayed - CASE WHEN c.state = 1 THEN c.records ELSE 0 END;
		s.running := s.running - CASE WHEN c.state = 2 THEN c.records ELSE 0 END;
	END LOOP;
	UPDATE tally y SET dead = y.dead + revoke.records, delayed = y.delayed + s.delayed,
		running = y.running + s.running WHERE y.queue = i AND y.part = 8 AND revoke.records > 0;
END $$;

-- Tell the workers something: 0 paused, 1 jobs, 2 rate, 3 drain.
CREATE FUNCTION par_queue.control(q text, what bigint, value text) RETURNS void
	LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := need(q);
BEGIN
	IF what = 0 THEN
		UPDATE queue SET paused = value::bigint WHERE id = i;
	ELSIF what = 1 THEN
		UPDATE queue SET jobs = value::bigint WHERE id = i;
	ELSIF what = 2 THEN
		UPDATE queue SET filled = CASE WHEN rate::float8 = 0 THEN 0 ELSE filled END,
			rate = CASE WHEN value::float8 = 0 THEN '0' ELSE value END WHERE id = i;
	ELSE
		UPDATE queue SET drain = now_ms() WHERE id = i;
	END IF;
END $$;

-- Delete all of a queue.
CREATE FUNCTION par_queue.purge(q text) RETURNS void LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := (SELECT id FROM queue WHERE name = q);
BEGIN
	PERFORM pg_catalog.pg_advisory_xact_lock(1885434481, i);
	DELETE FROM queue WHERE id = i;
	DELETE FROM tally WHERE queue = i;
	DELETE FROM producer WHERE queue = i;
	DELETE FROM worker WHERE queue = i;
	DELETE FROM reader WHERE queue = i;
	DELETE FROM chunk WHERE queue = i;
	DELETE FROM result WHERE queue = i;
	DELETE FROM grave WHERE queue = i;
END $$;

-- The numbers of a queue at one moment, in the order of enum engine_number.
CREATE FUNCTION par_queue.stat(q text) RETURNS TABLE (accepted bigint, waiting bigint,
	delayed bigint, running bigint, done bigint, dead bigint, dropped bigint, results bigint,
	late bigint, paused bigint, jobs bigint, rate text, serial bigint, mark text)
	LANGUAGE plpgsql @SET AS $$
BEGIN
	RETURN QUERY SELECT s.a, s.a - s.done - s.dead - s.dropped - s.delayed - s.running,
		s.delayed, s.running, s.done, s.dead, s.dropped, s.results, s.late, z.paused, z.jobs,
		z.rate, z.serial, z.mark FROM queue z, LATERAL (SELECT sum(y.accepted)::bigint AS a,
			sum(y.done)::bigint AS done, sum(y.dead)::bigint AS dead,
			sum(y.dropped)::bigint AS dropped, sum(y.delayed)::bigint AS delayed,
			sum(y.running)::bigint AS running, sum(y.results)::bigint AS results,
			sum(y.late)::bigint AS late FROM tally y WHERE y.queue = z.id) s
		WHERE z.name = q;
END $$;

-- Change the mark of a queue from what it was; of one that is not there where fresh is 1:
-- it is made, with what another one is set to and has done.  Is it done, does somebody read
-- results, how many records have workers?
CREATE FUNCTION par_queue.mark(q text, value text, was text, fresh bigint, term bigint,
	given bigint, finished bigint, gone bigint, tardy bigint, held bigint, most bigint,
	speed text, OUT done bigint, OUT reading bigint, OUT records bigint)
	LANGUAGE plpgsql @SET AS $$
DECLARE
	z queue;
	t bigint;
BEGIN
	done := 0;
	reading := 0;
	records := 0;
	IF fresh > 0 THEN
		INSERT INTO queue (name, serial, paused, jobs, rate, mark)
			VALUES (q, given, held, most, speed, value)
			ON CONFLICT DO NOTHING RETURNING * INTO z;
		IF z.id IS NOT NULL THEN
			PERFORM guard(z.id);
			INSERT INTO tally (queue, part) SELECT z.id, n FROM generate_series(0, 8) n;
			INSERT INTO reader (queue) VALUES (z.id);
			UPDATE tally y SET accepted = finished + gone, done = finished,
				dropped = gone, late = tardy WHERE y.queue = z.id AND y.part = 8;
			done := 1;
			RETURN;
		END IF;
	END IF;
	SELECT * INTO z FROM queue WHERE name = q;
	-- Who is at work at the queue comes to the end of a transaction first.
	PERFORM pg_catalog.pg_advisory_xact_lock(1885434481, z.id);
	SELECT * INTO z FROM queue WHERE id = z.id FOR UPDATE;
	IF NOT FOUND OR (z.mark <> value AND (fresh > 0 OR z.mark <> was)) THEN
		RETURN;
	END IF;
	IF z.mark = value THEN
		done := 1;
		RETURN;
	END IF;
	IF term > 0 THEN -- what has lapsed waits again
		t := now_ms();
		WITH back AS (UPDATE chunk c SET state = 0, due = 0, tries = 0, lease = 0, worker = NULL
			WHERE c.queue = z.id AND c.state = 2 AND c.due <= t RETURNING c.records)
		UPDATE tally y SET running = y.running
				- (SELECT coalesce(sum(back.records), 0) FROM back)
			WHERE y.queue = z.id AND y.part = 8;
		SELECT coalesce(sum(c.records), 0) INTO records FROM chunk c
			WHERE c.queue = z.id AND c.state = 2;
		SELECT count(*) INTO reading FROM reader r
			WHERE r.queue = z.id AND r.name <> '' AND r.until > t AND r.until <= t + 86400000;
		IF records > 0 OR reading > 0 THEN
			RETURN;
		END IF;
	END IF;
	UPDATE queue SET mark = value WHERE id = z.id;
	done := 1;
END $$;

-- A page of all that there is of a queue, behind what two numbers say: of so many bytes and
-- a little more.  Results have a place first if they have been given to a reader.
CREATE FUNCTION par_queue.stock(q text, what text, a bigint, b bigint, size bigint, most bigint)
	RETURNS TABLE (id text, number bigint, records bigint, attempts bigint, due bigint,
		expires bigint, data bytea, why bytea, last bytea) LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := (SELECT z.id FROM queue z WHERE z.name = q);
BEGIN
	IF what = 'producers' THEN
		RETURN QUERY SELECT '0:' || (b + row_number() OVER (ORDER BY p.name)), p.come, 0::bigint,
			0::bigint, p.until, 0::bigint, ''::bytea, convert_to(p.name, 'UTF8'), ''::bytea
			FROM (SELECT * FROM producer y WHERE y.queue = i ORDER BY y.name
				OFFSET b LIMIT most) p ORDER BY p.name;
	ELSIF what = 'waiting' THEN
		RETURN QUERY SELECT '0:' || c.place, c.number, c.records, c.attempts, 0::bigint,
			c.expires, c.data, ''::bytea, ''::bytea
			FROM (SELECT x.*, sum(octet_length(x.data)) OVER (ORDER BY x.place) - octet_length(x.data) AS before
				FROM (SELECT * FROM chunk y WHERE y.queue = i AND y.state = 0 AND y.place > b
					ORDER BY y.place LIMIT most) x) c
			WHERE c.before < size ORDER BY c.place;
	ELSIF what = 'delayed' THEN
		RETURN QUERY SELECT c.due || ':' || c.place, c.number, c.records, c.attempts, c.due,
			c.expires, c.data, ''::bytea, ''::bytea
			FROM (SELECT x.*, sum(octet_length(x.data)) OVER (ORDER BY x.due, x.place) - octet_length(x.data) AS before
				FROM (SELECT * FROM chunk y WHERE y.queue = i AND y.state = 1 AND y.due >= a
					AND (y.due > a OR y.place > b) ORDER BY y.due, y.place LIMIT most) x) c
			WHERE c.before < size ORDER BY c.due, c.place;
	ELSIF what = 'dead' THEN
		RETURN QUERY SELECT '0:' || c.id, c.number, c.records, c.attempts, 0::bigint, 0::bigint,
			c.data, c.why, c.last
			FROM (SELECT x.*, sum(octet_length(x.data)) OVER (ORDER BY x.id) - octet_length(x.data) AS before
				FROM (SELECT * FROM grave y WHERE y.queue = i AND y.id > b
					ORDER BY y.id LIMIT most) x) c
			WHERE c.before < size ORDER BY c.id;
	ELSE
		IF a = 0 THEN
			RETURN QUERY SELECT '0:' || c.place, 0::bigint, c.records, 0::bigint, 0::bigint,
				0::bigint, c.data, ''::bytea, ''::bytea
				FROM (SELECT x.*, sum(octet_length(x.data)) OVER (ORDER BY x.place) - octet_length(x.data) AS before
					FROM (SELECT * FROM result y WHERE y.queue = i AND y.place > b
						ORDER BY y.place LIMIT most) x) c
				WHERE c.before < size ORDER BY c.place;
			IF FOUND THEN
				RETURN;
			END IF;
			b := 0;
		END IF;
		RETURN QUERY SELECT '1:' || c.id, 0::bigint, c.records, 0::bigint, 0::bigint,
			0::bigint, c.data, ''::bytea, ''::bytea
			FROM (SELECT x.*, sum(octet_length(x.data)) OVER (ORDER BY x.id) - octet_length(x.data) AS before
				FROM (SELECT * FROM result y WHERE y.queue = i AND y.place IS NULL AND y.id > b
					ORDER BY y.id LIMIT most) x) c
			WHERE c.before < size ORDER BY c.id;
	END IF;
END $$;

-- Accept what was copied of another queue, and with it how far that has come; or what was
-- known of producers.
CREATE FUNCTION par_queue.copied(q text, who text, keep bigint, own text, what text,
	froms bigint[], tos bigint[], numbers bigint[], counts bigint[], tried bigint[],
	dues bigint[], stales bigint[], datas bytea[], whys bytea[], lasts bytea[])
	RETURNS TABLE (outcome text, come bigint) LANGUAGE plpgsql @SET AS $$
DECLARE
	i int := look(q);
	t bigint := now_ms();
	s tally;
BEGIN
	IF NOT EXISTS (SELECT FROM queue z WHERE z.id = i AND z.mark = own) THEN
		RETURN QUERY SELECT 'other', 0::bigint;
		RETURN;
	END IF;
	s := (i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	INSERT INTO producer VALUES (i, who, 0, t + keep) ON CONFLICT DO NOTHING;
	SELECT CASE WHEN p.until > t THEN p.come ELSE 0 END INTO come
		FROM producer p WHERE p.queue = i AND p.name = who FOR UPDATE;
	FOR k IN 1 .. cardinality(froms) LOOP
		outcome := 'ok';
		IF what = 'producers' THEN
			INSERT INTO producer AS p VALUES (i, convert_from(whys[k], 'UTF8'), numbers[k], dues[k])
				ON CONFLICT (queue, name) DO UPDATE SET come = numbers[k], until = dues[k];
			RETURN NEXT;
			CONTINUE;
		END IF;
		IF come <> froms[k] THEN
			outcome := 'at';
			RETURN NEXT;
			CONTINUE;
		END IF;
		come := tos[k];
		RETURN NEXT;
		IF what = 'results' THEN
			INSERT INTO result (queue, records, data) VALUES (i, counts[k], datas[k]);
			s.results := s.results + counts[k];
			s.chunks := s.chunks + 1;
			CONTINUE;
		END IF;
		s.accepted := s.accepted + counts[k];
		IF what = 'dead' THEN
			INSERT INTO grave (queue, number, records, attempts, why, last, data)
				VALUES (i, numbers[k], counts[k], tried[k], whys[k], lasts[k], datas[k]);
			s.dead := s.dead + counts[k];
		ELSE
			PERFORM add(i, numbers[k], counts[k], tried[k], stales[k],
				CASE WHEN what = 'delayed' THEN dues[k] ELSE 0 END, datas[k]);
			IF what = 'delayed' THEN
				s.delayed := s.delayed + counts[k];
			END IF;
		END IF;
	END LOOP;
	UPDATE tally y SET accepted = y.accepted + s.accepted, dead = y.dead + s.dead,
		delayed = y.delayed + s.delayed, results = y.results + s.results,
		chunks = y.chunks + s.chunks WHERE y.queue = i AND y.part = 8;
	UPDATE producer p SET come = copied.come, until = t + keep
		WHERE p.queue = i AND p.name = who;
END $$;

CREATE FUNCTION par_queue.workers(q text) RETURNS TABLE (now bigint, name text,
	seen bigint, running bigint, committed bigint, late bigint) LANGUAGE plpgsql @SET AS $$
BEGIN
	RETURN QUERY SELECT now_ms(), w.name, w.seen, coalesce(c.n, 0)::bigint, w.committed, w.late
		FROM queue z JOIN worker w ON w.queue = z.id LEFT JOIN LATERAL (SELECT sum(x.records) AS n
			FROM chunk x WHERE x.queue = z.id AND x.state = 2 AND x.worker = w.name) c ON true
		WHERE z.name = q ORDER BY w.name;
END $$;

-- Who waits says so, in a transaction before it looks; who has changed something looks
-- whether anybody does, in one after it: one of the two sees the other.
CREATE FUNCTION par_queue.arm(q text, kinds bigint) RETURNS void LANGUAGE plpgsql @SET AS $$
BEGIN
	PERFORM in_haste();
	INSERT INTO await AS a (queue, kind, armed)
		SELECT q, 1 << n, true FROM generate_series(0, 3) n WHERE kinds & (1 << n) <> 0
		ON CONFLICT (queue, kind) DO UPDATE SET armed = true WHERE NOT a.armed;
END $$;

CREATE FUNCTION par_queue.wake(q text, kinds bigint) RETURNS void LANGUAGE plpgsql @SET AS $$
DECLARE
	k bigint;
BEGIN
	PERFORM in_haste();
	FOR k IN UPDATE await a SET armed = false
			WHERE a.queue = q AND a.kind & kinds <> 0 AND a.armed RETURNING a.kind LOOP
		PERFORM pg_notify('par_queue_' || md5(q) || '_' || k, '');
	END LOOP;
END $$;
