-- SPDX-License-Identifier: ISC
-- Dead chunks, by their ids, back to the queue or away for good.
local what = ARGV[1]
local records = 0
for i = 2, #ARGV do
	local entry = call('XRANGE', DEAD, ARGV[i], ARGV[i])[1]
	if entry then
		local c = chunk_of(entry[2])
		call('XDEL', DEAD, ARGV[i])
		count('dead', -c.n)
		if what == 'requeue' then
			c.a, c.e = 0, 0
			add(c)
		else
			count('dropped', c.n)
		end
		records = records + c.n
	end
end
return records
