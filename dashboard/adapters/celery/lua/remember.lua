-- Remember names, at the dashboard's store; those that were not seen for long, and beyond a number, are forgotten.
-- KEYS: 1 names.  ARGV: 1 most names, 2 seconds for which they are kept, then names.
-- returns how many are kept.
local now, kept = tonumber(redis.call('TIME')[1]), tonumber(ARGV[2])
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - kept)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[1]))
redis.call('EXPIRE', KEYS[1], kept)
return redis.call('ZCARD', KEYS[1])
