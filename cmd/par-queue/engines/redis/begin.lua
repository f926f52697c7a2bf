-- SPDX-License-Identifier: ISC
-- A producer begins, or needs more numbers for its chunks: how many records it has put
-- before, and the first of `some` numbers that are now its own.
local PRODUCER, some = KEYS[8], tonumber(ARGV[1])
return { tonumber(call('GET', PRODUCER) or 0), call('HINCRBY', META, 'serial', some) - some + 1 }
