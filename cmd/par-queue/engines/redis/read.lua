-- SPDX-License-Identifier: ISC
-- Results for the one reader: drop those up to `safe`, and give the ones after `last`.
-- Returns a state, how many records are not finished, how many are dead; then two for
-- each chunk of results, its id and its records.
local READER = KEYS[8]
local me, hold, safe, last, bytes = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

local other = call('GET', READER)
if other and other ~= me then
	return { 'busy', 0, 0 }
end
call('SET', READER, me, 'PX', hold)
if safe ~= '' then
	local gone = 0
	for _, entry in ipairs(call('XRANGE', OUT, '-', safe)) do
		gone = gone + (tonumber(chunk_of(entry[2]).n) or 0)
		call('XDEL', OUT, entry[1])
	end
	count('results', -gone)
end
local answer = { 'ok', open_records(), (numbers('dead')) }
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
return answer
