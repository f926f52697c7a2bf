-- SPDX-License-Identifier: ISC
-- The workers at one moment: the time, and for each its name, what beat and commit have
-- written of it, and how many records it has.
local SOME = 1000
local group = call('HEXISTS', META, 'group') == 1
local answer = { now() }

local function running(name)
	local records, from = 0, '-'
	while group do
		local page = call('XPENDING', IN, GROUP, from, '+', SOME, name)
		for _, p in ipairs(page) do
			local entry = call('XRANGE', IN, p[1], p[1])[1]
			records = records + (entry and tonumber(chunk_of(entry[2]).n) or 0)
			from = '(' .. p[1]
		end
		if #page < SOME then
			break
		end
	end
	return records
end

local rows = call('HGETALL', WORKERS)
for i = 1, #rows, 2 do
	answer[#answer + 1] = rows[i]
	answer[#answer + 1] = rows[i + 1]
	answer[#answer + 1] = running(rows[i])
end
return answer
