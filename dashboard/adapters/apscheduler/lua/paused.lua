-- Some of the jobs that are in no list of run times: the paused ones.
-- KEYS: 1 jobs (hash id -> pickle)  2 run times (zset id -> unix seconds)
-- ARGV: 1 cursor of the scan  2 about how many jobs to look at
-- Returns the next cursor, '0' at the end, and the ids.
local scanned = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local paused = {}
for i = 1, #scanned[2], 2 do
  if not redis.call('ZSCORE', KEYS[2], scanned[2][i]) then paused[#paused + 1] = scanned[2][i] end
end
return {scanned[1], paused}
