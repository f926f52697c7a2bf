-- SPDX-License-Identifier: ISC
-- Revoke what came of the chunks accepted under the numbers given, a page at a time:
-- delayed ones first, then those that wait or run.  Returns where to go on, and how
-- many records were revoked.
local stage, cursor = ARGV[1], ARGV[2]
local wanted, revoked = {}, 0
for i = 3, #ARGV do
	wanted[ARGV[i]] = true
end

local function revoke(c)
	bury(c, 'revoked')
	revoked = revoked + c.n
end

if stage == 'delayed' then
	local page = call('ZSCAN', DELAY, cursor, 'COUNT', 1000)
	for i = 1, #page[2], 2 do
		local c = wanted[page[2][i]:match('^%d+')] and undelay(page[2][i])
		if c then
			revoke(c)
		end
	end
	return { page[1], revoked }
end
need_group()
local page = call('XRANGE', IN, cursor, '+', 'COUNT', 100)
for _, entry in ipairs(page) do
	local id, c = entry[1], chunk_of(entry[2])
	if wanted[c.k] and not fault(c) then
		if not finish(id, c.n) then
			call('XDEL', IN, id)
		end
		revoke(c)
	end
	cursor = '(' .. id
end
return { #page > 0 and cursor or '0', revoked }
