-- SPDX-License-Identifier: ISC
-- A producer begins, or needs more numbers for its chunks: how many records it has put
-- before, and the first of `some` numbers that are now its own.
local PRODUCER, some = KEYS[8], tonumber(ARGV[1])
local serial = call('HINCRBY', META, 'serial', some)
if serial == some then -- the queue is new
	call('HSETNX', META, 'given', '0-0')
end
return { tonumber(call('GET', PRODUCER) or 0), serial - some + 1 }
