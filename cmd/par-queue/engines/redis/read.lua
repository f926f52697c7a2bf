-- SPDX-License-Identifier: ISC
-- Results for the one reader: drop those up to `safe`, and give the ones after `last`.
-- Returns a state, how many records are not finished, how many are dead, and where it
-- began; then two for each chunk of results, its id and its records.
--
-- Ids are times.  A server that took over from one that died, before it had all of that,
-- may have a clock that is behind, and give lower ids to new results than the reader has
-- seen.  So it is known how far results were given: what this server has not given itself
-- is new to it, whatever its id.
local READER = KEYS[8]
local me, hold, safe, last, bytes = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

local other = call('GET', READER)
if other and other ~= me then
	return { 'busy', 0, 0, last }
end
call('SET', READER, me, 'PX', hold)

-- Does one id come after another?
local function later(a, b)
	local function parts(id)
		local ms, n = id:match('^(%d+)-(%d+)$')
		return tonumber(ms) or 0, tonumber(n) or 0
	end
	local am, an = parts(a)
	local bm, bn = parts(b)
	return am > bm or (am == bm and an > bn)
end

local known = call('HGET', META, 'given') or last -- a queue of an earlier release has none
local function bound(id)
	return later(id, known) and known or id
end
last = bound(last)
if safe ~= '' then
	local gone = 0
	for _, entry in ipairs(call('XRANGE', OUT, '-', bound(safe))) do
		gone = gone + (tonumber(chunk_of(entry[2]).n) or 0)
		call('XDEL', OUT, entry[1])
	end
	count('results', -gone)
end
local answer = { 'ok', open_records(), (numbers('dead')), last }
while bytes > 0 do
	local entry = call('XRANGE', OUT, '(' .. last, '+', 'COUNT', 1)[1]
	if not entry then
		break
	end
	last = entry[1]
	local c = chunk_of(entry[2])
	if c.r and c.r:sub(-1) == '\n' then
		answer[#answer + 1] = last
		answer[#answer + 1] = c.r
		bytes = bytes - #c.r
	else -- nobody's results
		call('XDEL', OUT, last)
		bury_ill(c, 'not results: no field r that ends in a newline')
		answer[3] = answer[3] + 1
	end
end
if later(last, known) then
	call('HSET', META, 'given', last)
end
return answer
