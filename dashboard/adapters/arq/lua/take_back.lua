-- A requeued job that no worker has begun as the failure that it was.
-- KEYS and the first three of ARGV as those of `requeue`.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('TYPE', KEYS[4]).ok ~= 'zset' or redis.call('EXISTS', KEYS[2], KEYS[6]) > 0 then return 0 end
if redis.call('TYPE', KEYS[7]).ok ~= 'string' or redis.call('ZREM', KEYS[4], ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[3], KEYS[5])
redis.call('RENAME', KEYS[7], KEYS[2])
if redis.call('DEL', KEYS[8]) == 1 then redis.call('PERSIST', KEYS[2]) end
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
