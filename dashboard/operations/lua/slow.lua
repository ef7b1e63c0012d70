-- The driver makes the operation slower or faster than before; the next driver goes on at that pace.
-- KEYS: operation
-- ARGV: driver, slowdown (JSON, '' = as fast as asked)
-- returns 1, or 0 when another driver has it
if redis.call('HGET', KEYS[1], 'driver') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'slow', ARGV[2])
return 1
