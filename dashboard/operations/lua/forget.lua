-- Removes an operation that has ended.
-- KEYS: operation, operations, open operations
-- ARGV: id
-- returns 1, or 0 when it is still open
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'waiting' or state == 'canary' or state == 'running' or state == 'paused' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
