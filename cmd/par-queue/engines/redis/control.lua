-- SPDX-License-Identifier: ISC
-- Tell the workers something: a number, or the time for 'now'.
call('HSET', META, ARGV[1], ARGV[2] == 'now' and now() or ARGV[2])
return 1
