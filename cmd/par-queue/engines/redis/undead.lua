-- SPDX-License-Identifier: ISC
-- Dead chunks, by their ids, back to the queue or away for good.
local what = ARGV[1]
local records = 0
for i = 2, #ARGV do
	local entry = call('XRANGE', DEAD, ARGV[i], ARGV[i])[1]
	local c = entry and chunk_of(entry[2])
	if c then
		c.n = tonumber(c.n) or 0
		c.a, c.e = 0, 0
	end
	-- What has no record cannot come back: it stays.
	if c and (what ~= 'requeue' or (c.r and c.r ~= '' and not fault(c))) then
		call('XDEL', DEAD, ARGV[i])
		count('dead', -c.n)
		if what == 'requeue' then
			add(c)
		else
			count('dropped', c.n)
		end
		records = records + c.n
	end
end
return records
