-- Records what became of the jobs of an operation that has ended.
-- KEYS: operation
-- ARGV: outcome (JSON)
-- returns 1, or 0 when the operation is no longer kept
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'outcome', ARGV[1])
return 1
