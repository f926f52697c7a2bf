-- SPDX-License-Identifier: ISC
-- A page of all that there is of a queue, behind `last`: nine for each, see
-- struct engine_whole.  What is no chunk of ours goes to the dead, which come last.
local what, last, most, bytes = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local answer = {}

local function whole(value)
	value = tonumber(value) or 0
	return value >= 0 and value < 2 ^ 53 and string.format('%.0f', math.floor(value)) or '0'
end

local function tell(id, c, due)
	local r = type(c.r) == 'string' and c.r or ''
	for _, v in ipairs({ id, whole(c.k), whole(c.n), whole(c.a), whole(due), whole(c.e), r,
		c.why or '', c.last or '' }) do
		answer[#answer + 1] = v
	end
	most, bytes = most - 1, bytes - #r
end

local function fault_of(c)
	if what == 'results' then
		return (type(c.r) ~= 'string' or c.r:sub(-1) ~= '\n') and 'not results: no field r that ends in a newline'
	end
	return what == 'waiting' and fault(c)
end

local function entries(key)
	local from = last == '' and '-' or '(' .. last
	while most > 0 and bytes > 0 do
		local entry = call('XRANGE', key, from, '+', 'COUNT', 1)[1]
		if not entry then
			return
		end
		local c = chunk_of(entry[2])
		local why = fault_of(c)
		from = '(' .. entry[1]
		if why then
			call('XDEL', key, entry[1])
			bury_ill(c, why)
		else
			tell(entry[1], c, 0)
		end
	end
end

local function delayed()
	local rank = last == '' and 0 or tonumber(last) + 1
	while most > 0 and bytes > 0 do
		local got = call('ZRANGE', DELAY, rank, rank, 'WITHSCORES')
		if not got[1] then
			return
		end
		local good, c = pcall(cmsgpack.unpack, call('HGET', BODY, got[1]) or '')
		if good and type(c) == 'table' and not fault(c) then
			tell(whole(rank), c, got[2])
			rank = rank + 1
		else
			undelay(got[1])
		end
	end
end

-- Producers, as a step of SCAN finds them: at first where to go on.
local function producers()
	local begin = META:sub(1, -5) .. 'prod:'
	local page = call('SCAN', last == '' and '0' or last, 'MATCH', begin .. '*', 'COUNT', 1000)
	answer[1] = page[1]
	for _, key in ipairs(page[2]) do
		local come, left = call('GET', key), call('PTTL', key)
		if come and left > 0 then
			tell(page[1], { k = come, why = key:sub(#begin + 1) }, now() + left)
		end
	end
end

if what == 'producers' then
	producers()
elseif what == 'delayed' then
	delayed()
else
	entries(what == 'waiting' and IN or what == 'results' and OUT or DEAD)
end
return answer
