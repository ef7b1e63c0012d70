-- Delete a job that is not due soon; take one that is out of the run times, so that it can be deleted a little later:
-- a scheduler that has read a due job stops with an error when it is gone before it wrote it again.
-- KEYS: 1 jobs (hash id -> pickle)  2 run times (zset id -> unix seconds)  3 wishes (hash id -> JSON, ours)
-- ARGV: 1 id  2 wish  3 seconds to keep wishes  4 seconds from now within which it counts as due soon
-- Returns 1 when it is deleted, 2 when it will have to be deleted later, 0 when there was no such job.
local score = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or '')
local now = redis.call('TIME')
local there = redis.call('HEXISTS', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
if there == 1 and score and score < tonumber(now[1]) + tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
  redis.call('EXPIRE', KEYS[3], ARGV[3])
  return 2
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return there
