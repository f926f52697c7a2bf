-- SPDX-License-Identifier: ISC
-- A worker ends.  To delete a consumer drops what is pending for it: never if any is.
local me = ARGV[1]
call('HDEL', WORKERS, me)
if call('HEXISTS', META, 'group') == 1 and #call('XPENDING', IN, GROUP, '-', '+', 1, me) == 0 then
	call('XGROUP', 'DELCONSUMER', IN, GROUP, me)
end
return 1
