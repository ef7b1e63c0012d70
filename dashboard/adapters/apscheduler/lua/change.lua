-- Write a job anew, if it still is what was read, and remember what it should be.
-- KEYS: 1 jobs (hash id -> pickle)  2 run times (zset id -> unix seconds)  3 wishes (hash id -> JSON, ours)
-- ARGV: 1 id  2 pickle that was read  3 new pickle  4 score, '' for none  5 wish, '' for none  6 seconds to keep wishes
-- Returns 1, or 0 when the job is another one by now, and nothing was done.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
end
if ARGV[5] == '' then
  redis.call('HDEL', KEYS[3], ARGV[1])
else
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[5])
  redis.call('EXPIRE', KEYS[3], ARGV[6])
end
return 1
