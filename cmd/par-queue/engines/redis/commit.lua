-- SPDX-License-Identifier: ISC
-- A chunk is finished: its results, and what became of the records that have none.
-- All through one gate, so that of two workers that had it only one commits.
-- Results go to OUT, or are a chunk of the next queue if there is one.
local id, k, e, n = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local done, lines, results, last = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local me = ARGV[9] -- whose books have it; '' for nobody's
local PARTS = 10 -- from there on: what, n, a, wait, why, records
local COMMITTED, NEXT_IN, NEXT_META = KEYS[8], KEYS[9], KEYS[10]

refused = NEXT_META and (newer(NEXT_META) or closed(NEXT_META))
if refused then
	return refused
end

-- The server is full: does this add more than it frees, where get, who looks at the dead,
-- or a worker of the next queue has SOME to make room with?  Else it might wait for ever.
local SOME, HEAD = 2 ^ 20, 64 -- bytes; those of an entry besides what it holds
local function has_some(key)
	return (call('MEMORY', 'USAGE', key) or 0) >= SOME
end
local function adds_too_much()
	local entry = call('XRANGE', IN, id, id)[1]
	local more, died = #results - #(entry and chunk_of(entry[2]).r or ''), false
	for i = PARTS, #ARGV, 6 do
		local dies = ARGV[i] ~= 'later'
		more = more + #ARGV[i + 5] + (dies and #ARGV[i + 4] + #last + HEAD or 0)
		died = died or dies
	end
	return entry and more > 0 and (results ~= '' and has_some(NEXT_IN or OUT)
		or died and has_some(DEAD))
end

if FULL and adds_too_much() then
	call('HSET', META, 'full', now())
	return 2
end

local function note(committed, late)
	local about = me ~= '' and call('HGET', WORKERS, me)
	local has, c, l = (about or ''):match('^%d+\t(%d+)\t(%d+)\t(%d+)$')
	if has then
		call('HSET', WORKERS, me, table.concat({ now(), has, c + committed, l + late }, '\t'))
	end
end

-- What this worker has committed last: it may come again, since our answer was lost.
local AS_MANY, AS_LONG = 64, 24 * 60 * 60 * 1000
if not finish(id, n) then
	if call('LPOS', COMMITTED, id) then
		return 1
	end
	count('late', n)
	note(0, 1)
	return 0
end
call('LPUSH', COMMITTED, id)
call('LTRIM', COMMITTED, 0, AS_MANY - 1)
call('PEXPIRE', COMMITTED, AS_LONG)
note(1, 0)
count('done', done)
if results ~= '' and NEXT_IN then
	local serial = call('HINCRBY', NEXT_META, 'serial', 1)
	call('HINCRBY', NEXT_META, 'accepted', lines)
	call('XADD', NEXT_IN, '*', 'k', serial, 'n', lines, 'a', 0, 'e', 0, 'r', results)
elseif results ~= '' then
	call('XADD', OUT, '*', 'k', k, 'n', lines, 'r', results)
	count('results', lines)
end
for i = PARTS, #ARGV, 6 do
	local c = { k = k, n = ARGV[i + 1], a = ARGV[i + 2], e = e, r = ARGV[i + 5] }
	local wait = tonumber(ARGV[i + 3])
	if ARGV[i] == 'ill' then
		bury_ill(c, ARGV[i + 4], last)
	elseif ARGV[i] == 'dead' then
		bury(c, ARGV[i + 4], last)
	elseif wait > 0 then
		add_at(c, now() + wait)
	else
		add(c)
	end
end
return 1
