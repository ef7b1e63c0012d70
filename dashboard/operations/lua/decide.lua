-- The driver ends the canary or stops the operation, unless someone changed it meanwhile.
-- KEYS: operation, open operations
-- ARGV: driver, id, expected state, new state (running | stopped), now (unix seconds), reason
-- returns the state after it, 'lost' when another driver has it
local record = redis.call('HMGET', KEYS[1], 'state', 'driver')
if record[2] ~= ARGV[1] then return 'lost' end
if record[1] ~= ARGV[3] then return record[1] end
redis.call('HSET', KEYS[1], 'state', ARGV[4], 'changed', ARGV[5])
if ARGV[4] == 'stopped' then
  redis.call('HSET', KEYS[1], 'finished', ARGV[5], 'problem', ARGV[6])
  redis.call('ZREM', KEYS[2], ARGV[2])
end
return ARGV[4]
