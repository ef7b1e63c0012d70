-- Records how one try went, unless another sender took the message meanwhile.
-- KEYS: outbox, delivery, totals
-- ARGV: id, try, result (sent | retrying | gave up), now (unix seconds), next try (unix seconds), status, error, seconds
-- returns 1, or 0 when it is another sender's by now
local delivery = redis.call('HMGET', KEYS[2], 'attempts', 'channel')
if delivery[1] ~= ARGV[2] or not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('HSET', KEYS[2], 'result', ARGV[3], 'status', ARGV[6], 'error', ARGV[7], 'seconds', ARGV[8], 'next', ARGV[5])
if ARGV[3] == 'retrying' then
  redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(ARGV[5]) * 1000), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HSET', KEYS[2], 'finished', ARGV[4])
  redis.call('HINCRBY', KEYS[3], delivery[2] .. '|' .. ARGV[3], 1)
end
return 1
