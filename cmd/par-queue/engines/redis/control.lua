-- SPDX-License-Identifier: ISC
-- Tell the workers something: a number, or the time for 'now'.
if ARGV[1] == 'rate' and (numbers('rate')) == 0 then
	call('HDEL', META, 'tokens', 'filled')
end
call('HSET', META, ARGV[1], ARGV[2] == 'now' and now() or ARGV[2])
return 1
