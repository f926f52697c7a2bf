-- SPDX-License-Identifier: ISC
-- Give chunks to a worker: first those whose worker did not renew its lease, then
-- waiting ones, delayed ones that are due among them.  Two arrays: seven for each, and
-- three for each that died here.
local me, records, bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, deaths, most_results = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local SOME = 64 -- chunks at a time, of each kind
local given = {}
local t = now()

need_group()
local paused, rate, tokens, filled, looked = numbers('paused', 'rate', 'tokens', 'filled', 'looked')
if paused ~= 0 or (most_results > 0 and call('XLEN', OUT) >= most_results) then
	return { given, buried }
end

-- The limit of records a second: a bucket that begins with one, holds those of a tenth of
-- a second, since nobody asks every moment, and may be overdrawn by a chunk.
if rate > 0 then
	tokens = filled == 0 and 1 or tokens + math.max(t - filled, 0) * rate / 1000
	tokens = math.min(math.max(rate / 10, 1), tokens)
	records = math.min(records, math.floor(tokens))
end

local function give(id, c, alone)
	for _, v in ipairs({ id, c.n, c.a, c.k, c.e, c.r, alone or 0 }) do
		given[#given + 1] = v
	end
	records, bytes, tokens = records - c.n, bytes - #c.r, tokens - c.n
end

local function expired(id, c)
	if tonumber(c.e) == 0 or tonumber(c.e) > t then
		return false
	end
	if finish(id, c.n) then
		bury(c, 'expired')
	end
	return true
end

-- Each record a chunk of its own, so that one that kills workers is alone.
local function split(id, c)
	if not finish(id, c.n) then
		return
	end
	if c.r:sub(-1) ~= '\n' or select(2, c.r:gsub('\n', '')) ~= tonumber(c.n) then
		bury_ill(c, 'not a chunk: it has not as many records as it says')
		return
	end
	for record in c.r:gmatch('[^\n]*\n') do
		add({ k = c.k, n = 1, a = c.a, e = c.e, r = record })
	end
end

-- It is none, and nobody counts it as running.
local function drop_ill(id, c, why)
	call('XACK', IN, GROUP, id)
	call('XDEL', IN, id)
	bury_ill(c, why)
end

-- One that two workers died with: in parts, given up, or given alone.
local function retry_suspect(id, c, tries)
	if tonumber(c.n) > 1 then
		split(id, c)
	elseif tries >= deaths then
		if finish(id, c.n) then
			bury(c, tries .. ' workers died with it, or hung')
		end
	elseif #given == 0 and call('XCLAIM', IN, GROUP, me, lease, id)[1] then -- else later
		give(id, c, 1)
		records = 0
	end
end

-- Those that lapsed; they are looked for again at once as long as there are some.
local function reclaim()
	local lapsed = call('XPENDING', IN, GROUP, 'IDLE', lease, '-', '+', SOME)
	for _, p in ipairs(lapsed) do
		if records <= 0 or bytes <= 0 then
			return
		end
		local id, tries = p[1], p[4]
		local entry = call('XRANGE', IN, id, id)[1]
		local c = entry and chunk_of(entry[2])
		local why = c and fault(c)
		if not c then
			call('XACK', IN, GROUP, id)
		elseif why then
			drop_ill(id, c, why)
		elseif not expired(id, c) then
			if tries > 1 then
				retry_suspect(id, c, tries)
			else
				call('XCLAIM', IN, GROUP, me, lease, id, 'JUSTID', 'RETRYCOUNT', tries + 1)
				give(id, c)
			end
		end
	end
	if #lapsed < SOME then
		call('HSET', META, 'looked', t)
	end
end

-- Workers that nobody has heard of for a day, and that have nothing.
local function forget()
	for i, about in ipairs(call('HVALS', WORKERS)) do
		if t - tonumber(about:match('^%d+') or 0) > 24 * 60 * 60 * 1000 then
			local name = call('HKEYS', WORKERS)[i]
			if #call('XPENDING', IN, GROUP, '-', '+', 1, name) == 0 then
				call('XGROUP', 'DELCONSUMER', IN, GROUP, name)
				call('HDEL', WORKERS, name)
				return -- the others the next time
			end
		end
	end
end

local function promote()
	for _, name in ipairs(call('ZRANGEBYSCORE', DELAY, '-inf', t, 'LIMIT', 0, SOME)) do
		local c = undelay(name)
		if c then
			add(c)
		end
	end
end

-- The next waiting chunk; false if there is none.
local function next_chunk()
	local got = call('XREADGROUP', 'GROUP', GROUP, me, 'COUNT', 1, 'STREAMS', IN, '>')
	if not got then
		return false
	end
	local id, c = got[1][2][1][1], chunk_of(got[1][2][1][2])
	local why = fault(c)
	if why then
		drop_ill(id, c, why)
		return true
	end
	count('running', c.n)
	if not expired(id, c) then
		give(id, c)
	end
	return true
end

if t - looked >= lease / 8 or t < looked then
	reclaim()
	forget()
end
promote()
local looks = SOME
while records > 0 and bytes > 0 and looks > 0 and next_chunk() do
	looks = looks - 1
end
if rate > 0 then
	call('HSET', META, 'tokens', tostring(tokens), 'filled', t)
end
return { given, buried }
