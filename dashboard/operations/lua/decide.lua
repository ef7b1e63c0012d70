-- The driver ends the canary or stops the operation, unless someone changed it meanwhile.
-- KEYS: operation
-- ARGV: driver, expected state, new state (running | stopped), now (unix seconds), reason
-- returns the state after it, 'lost' when another driver has it
local record = redis.call('HMGET', KEYS[1], 'state', 'driver')
if record[2] ~= ARGV[1] then return 'lost' end
if record[1] ~= ARGV[2] then return record[1] end
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'changed', ARGV[4])
if ARGV[3] == 'stopped' then
  -- It stays among the open ones, where everyone sees it, until someone resumes, cancels or undoes it.
  redis.call('HSET', KEYS[1], 'finished', ARGV[4], 'problem', ARGV[5])
end
return ARGV[3]
