-- Delete a job that waits.
-- KEYS: queue, job, how often it was begun, the key of one that runs. ARGV: id.
-- returns 1; 0 when it is not there, or runs.
if redis.call('TYPE', KEYS[1]).ok ~= 'zset' or redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
return 1
