-- Some jobs of a store, each with when it is due; larger ones than asked for without their bytes.
-- KEYS: 1 jobs (hash id -> pickle)  2 run times (zset id -> unix seconds)
-- ARGV: 1 most bytes of one  2.. ids, at most some hundred
-- Returns one {bytes or '', size, score or ''} for each id; size 0 when there is no such job.
local found = {}
for i = 2, #ARGV do
  local size = redis.call('HSTRLEN', KEYS[1], ARGV[i])
  local bytes = ''
  if size > 0 and size <= tonumber(ARGV[1]) then bytes = redis.call('HGET', KEYS[1], ARGV[i]) end
  found[#found + 1] = {bytes, size, redis.call('ZSCORE', KEYS[2], ARGV[i]) or ''}
end
return found
