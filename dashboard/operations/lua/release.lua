-- The driver ends its turn and says what it saw.
-- KEYS: operation
-- ARGV: driver, outcome ('' = not read), problem ('' = none, '=' = leave it)
-- returns 1, or 0 when another driver has it
if redis.call('HGET', KEYS[1], 'driver') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'driver', 'driver_until')
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'outcome', ARGV[2]) end
if ARGV[3] ~= '=' then redis.call('HSET', KEYS[1], 'problem', ARGV[3]) end
return 1
