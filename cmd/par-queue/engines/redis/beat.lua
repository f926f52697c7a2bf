-- SPDX-License-Identifier: ISC
-- A worker is alive: renew the lease of the chunks that are still its own.  Returns
-- the time, what it is told to do, and the chunks that are no longer its own.
local me, about = ARGV[1], ARGV[2]
local t = now()

need_group()
call('HSET', WORKERS, me, t .. '\t' .. about)
local jobs, drain = numbers('jobs', 'drain')
local answer = { t, jobs, drain }
for i = 3, #ARGV do
	local pending = call('XPENDING', IN, GROUP, ARGV[i], ARGV[i], 1, me)
	if #pending == 1 then
		call('XCLAIM', IN, GROUP, me, 0, ARGV[i], 'JUSTID')
	else
		answer[#answer + 1] = ARGV[i]
	end
end
return answer
