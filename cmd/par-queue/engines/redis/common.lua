-- SPDX-License-Identifier: ISC
-- In front of every script.  A script is one step: all of it happens, or nothing.
-- Before it stands FORMAT, the version of what is kept on the server; OPEN: is it one
-- that a queue which is being copied refuses?  FULL: has the server no memory for it?

-- The keys of a queue, in the order in which every script is given them.
local IN, OUT, DEAD, DELAY, BODY = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, WORKERS = KEYS[6], KEYS[7]
local GROUP = 'g'
local call = redis.call

-- Is a queue, by its key META, one of a newer version?  Then what is to be answered.
local function newer(meta)
	local format = tonumber(call('HGET', meta, 'format')) or 1
	return format > FORMAT and redis.error_reply(string.format('NEWER %d %s', format, meta))
end

-- The mark of a queue; see engine.h.
local function mark_of(meta)
	return call('HGET', meta, 'mark') or ''
end

-- Is it closed?  Then what is to be answered.
local function closed(meta)
	local mark = mark_of(meta)
	return mark ~= '' and mark:sub(1, 1) ~= 'h'
		and redis.error_reply(string.format('CLOSED %s %s', meta, mark))
end

local refused = newer(META) or (OPEN and closed(META))
if refused then
	return refused
end

-- Milliseconds by the server's clock, the one clock that all share.
local function now()
	local t = call('TIME')
	return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function count(what, by)
	if tonumber(by) ~= 0 then
		call('HINCRBY', META, what, by)
	end
end

-- The numbers of META that are named; 0 for what is not there, or no number.
local function numbers(...)
	local got = call('HMGET', META, ...)
	for i = 1, #got do
		got[i] = tonumber(got[i]) or 0
	end
	return unpack(got)
end

-- Records accepted that are neither done nor dead.
local function open_records()
	local accepted, done, dead, dropped = numbers('accepted', 'done', 'dead', 'dropped')
	return accepted - done - dead - dropped
end

-- A chunk: r its records, n how many, a attempts before, e when it expires or 0,
-- k the number it was accepted under, which its parts keep.
local function chunk_of(fields)
	local c = {}
	for i = 1, #fields, 2 do
		c[fields[i]] = fields[i + 1]
	end
	return c
end

-- What is wrong with the numbers of a chunk, which anybody may have written, or with
-- their being there; nil: nothing.  A worker looks at its records.
local function fault(c)
	for _, name in ipairs({ 'k', 'n', 'a', 'e' }) do
		local v = c[name]
		local number = tonumber(v)
		if v == nil then
			return 'not a chunk: no field ' .. name
		elseif not number or number < 0 or number >= 2 ^ 53 or number % 1 ~= 0
			or (type(v) == 'string' and not v:match('^%d+$')) then
			return 'not a chunk: field ' .. name .. ' is not a number'
		end
	end
	if type(c.r) ~= 'string' then
		return 'not a chunk: no field r'
	end
end

local function add(c)
	call('XADD', IN, '*', 'k', c.k, 'n', c.n, 'a', c.a, 'e', c.e, 'r', c.r)
end

-- Add it when the time has come.
local function add_at(c, due)
	local name = c.k .. ':' .. call('HINCRBY', META, 'serial', 1)
	call('ZADD', DELAY, due, name)
	call('HSET', BODY, name, cmsgpack.pack(c))
	count('delayed', c.n)
end

local buried = {} -- for each entry: its first record, how many there are, and why

local function bury(c, why, last)
	buried[#buried + 1] = c.r:match('^[^\n]*'):sub(1, 1024)
	buried[#buried + 1] = c.n
	buried[#buried + 1] = why
	call('XADD', DEAD, '*', 'k', c.k, 'n', c.n, 'a', c.a, 'r', c.r, 'why', why, 'last', last or '')
	count('dead', c.n)
end

-- Put away what is no chunk.  Nobody put it, so it was not counted as accepted; its
-- records, as far as it has some, are whole ones from now on.
local function bury_ill(c, why, last)
	local r, n = type(c.r) == 'string' and c.r or '', 1
	if r ~= '' then
		r = r:sub(-1) == '\n' and r or r .. '\n'
		n = select(2, r:gsub('\n', ''))
	end
	count('accepted', n)
	bury({ k = c.k or '', n = n, a = tonumber(c.a) or 0, r = r }, why, last)
end

-- Take a delayed one out; nil if another has done so, or if it is no chunk.
local function undelay(name)
	if call('ZREM', DELAY, name) == 0 then
		return nil
	end
	local good, c = pcall(cmsgpack.unpack, call('HGET', BODY, name) or '')
	if not good or type(c) ~= 'table' then
		c = { k = name:match('^%d+') }
	end
	local why = fault(c)
	call('HDEL', BODY, name)
	if why then
		bury_ill(c, why)
		return nil
	end
	count('delayed', -c.n)
	return c
end

-- Take a chunk that a worker has out of the queue.  Redis acknowledges an entry
-- once, whoever asks: that makes this the gate through which each passes once.
local function finish(id, n)
	if call('XACK', IN, GROUP, id) == 0 then
		return false
	end
	call('XDEL', IN, id)
	count('running', -n)
	return true
end

-- The group exists from the first worker or revocation on.
local function need_group()
	if call('HSETNX', META, 'group', 1) == 1 then
		redis.pcall('XGROUP', 'CREATE', IN, GROUP, '0', 'MKSTREAM')
	end
end
