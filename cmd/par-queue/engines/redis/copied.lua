-- SPDX-License-Identifier: ISC
-- Accept a chunk of a queue that is copied to here, and with it how far that has come; or
-- what was known of a producer, whose key is PRODUCER then.
local PRODUCER = KEYS[8]
local mark, what, from, to, keep = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local due, why, last = ARGV[6], ARGV[7], ARGV[8]
local c = { k = ARGV[9], n = ARGV[10], a = ARGV[11], e = ARGV[12], r = ARGV[13] }

if mark_of(META) ~= mark then
	return { 'other', 0 }
end
if what == 'producers' then
	local left = tonumber(due) - now()
	if left > 0 then
		call('SET', PRODUCER, c.k, 'PX', string.format('%.0f', left))
	end
	return { 'ok', 0 }
end
local come = tonumber(call('GET', PRODUCER) or 0)
if come ~= from then
	return { 'at', come }
end
if what == 'results' then
	call('XADD', OUT, '*', 'k', c.k, 'n', c.n, 'r', c.r)
	count('results', c.n)
elseif what == 'dead' then
	call('XADD', DEAD, '*', 'k', c.k, 'n', c.n, 'a', c.a, 'r', c.r, 'why', why, 'last', last)
	count('accepted', c.n)
	count('dead', c.n)
else
	if what == 'delayed' then
		add_at(c, due)
	else
		add(c)
	end
	count('accepted', c.n)
end
call('SET', PRODUCER, to, 'PX', keep)
return { 'ok', tonumber(to) }
