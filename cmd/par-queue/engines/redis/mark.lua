-- SPDX-License-Identifier: ISC
-- Change the mark of a queue from what it was; of one that is not there where `new` is 1:
-- it is made, with the settings that follow.  Is it done, does somebody read results, how
-- many records have workers?
local READER = KEYS[8]
local mark, was, new, lease = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4])
local SETTINGS = 5 -- from there on: fields of META and their values
local SOME = 64

if call('EXISTS', META) == 0 then
	if not new then
		return { 0, 0, 0 }
	end
	call('DEL', IN, OUT, DEAD, DELAY, BODY) -- what a purge that was killed has left
	call('HSET', META, 'given', '0-0')
	for i = SETTINGS, #ARGV, 2 do
		call('HSET', META, ARGV[i], ARGV[i + 1])
	end
elseif mark_of(META) == mark then
	return { 1, 0, 0 }
elseif new or mark_of(META) ~= was then
	return { 0, 0, 0 }
end

-- What has lapsed waits again.
local function give_back()
	local from = '-'
	repeat
		local lapsed = call('XPENDING', IN, GROUP, 'IDLE', lease, from, '+', SOME)
		for _, p in ipairs(lapsed) do
			local id = p[1]
			local entry = call('XRANGE', IN, id, id)[1]
			local c = entry and chunk_of(entry[2])
			local why = c and fault(c)
			if not c then
				call('XACK', IN, GROUP, id)
			elseif why then
				call('XACK', IN, GROUP, id)
				call('XDEL', IN, id)
				bury_ill(c, why)
			elseif finish(id, c.n) then
				add(c)
			end
			from = '(' .. id
		end
	until #lapsed < SOME
end

if lease > 0 then
	local reads = call('EXISTS', READER)
	local group = call('HEXISTS', META, 'group') == 1
	if group then
		give_back()
	end
	local running = math.max((numbers('running')), group and call('XPENDING', IN, GROUP)[1] or 0)
	if running > 0 or reads > 0 then
		return { 0, reads, running }
	end
end
if mark == '' then
	call('HDEL', META, 'mark')
else
	call('HSET', META, 'mark', mark)
end
return { 1, 0, 0 }
