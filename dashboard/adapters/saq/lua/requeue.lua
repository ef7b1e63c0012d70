-- A failure back to the end of its queue.
-- KEYS: mark, job, waiting, unfinished, what keeps it from being enqueued.
-- ARGV: key, 1 when the mark counts, its seconds, SHA-1 of the job, the job as one that waits.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local types = {'string', 'list', 'zset'}
for i = 1, 3 do
  local is = redis.call('TYPE', KEYS[i + 1]).ok
  if is ~= types[i] and is ~= 'none' then return 0 end
end
local job = redis.call('GET', KEYS[2])
if not job or redis.sha1hex(job) ~= ARGV[4] then return 0 end
if redis.call('ZSCORE', KEYS[4], KEYS[2]) or redis.call('EXISTS', KEYS[5]) == 1 then return 0 end
redis.call('SET', KEYS[2], ARGV[5])
redis.call('ZADD', KEYS[4], 0, KEYS[2])
redis.call('RPUSH', KEYS[3], KEYS[2])
redis.call('PUBLISH', KEYS[2], 'queued')
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
