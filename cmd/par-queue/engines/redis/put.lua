-- SPDX-License-Identifier: ISC
-- Accept a chunk, and with it how far its producer has come: what was accepted is
-- not accepted again, and nothing is passed over.
local PRODUCER = KEYS[8]
local from, to, keep = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local limit, delay, at, expires = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local k, n, records = ARGV[8], ARGV[9], ARGV[10]

local come = tonumber(call('GET', PRODUCER) or 0)
if come ~= from then
	return { 'at', come, 0 }
end
local t = now()
if t - (numbers('full')) < 1000 then -- results wait for memory, and come first
	return { 'memory', come, 0 }
end
local open = open_records()
if limit > 0 and open >= limit then
	return { 'full', come, open }
end
local c = { k = k, n = n, a = 0, e = 0, r = records }
if expires > 0 then
	c.e = t + expires
end
local due = math.max(t + delay, at)
if due > t then
	add_at(c, due)
else
	add(c)
end
call('SET', PRODUCER, to, 'PX', keep)
count('accepted', n)
return { 'ok', tonumber(to), open + n }
