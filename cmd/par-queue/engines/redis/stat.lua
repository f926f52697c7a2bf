-- SPDX-License-Identifier: ISC
-- The numbers of a queue at one moment.
local accepted, done, dead, dropped, delayed, running, results, late =
	numbers('accepted', 'done', 'dead', 'dropped', 'delayed', 'running', 'results', 'late')
local paused, jobs, rate, serial = unpack(call('HMGET', META, 'paused', 'jobs', 'rate', 'serial'))
return { accepted, open_records() - delayed - running, delayed, running, done, dead, dropped,
	results, late, tonumber(paused) or 0, tonumber(jobs) or 0, tonumber(rate) and rate or '0',
	call('EXISTS', META), tonumber(serial) or 0, mark_of(META) }
