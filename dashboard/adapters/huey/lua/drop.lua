-- Delete a task that waits, or is to run later.
-- KEYS: where it lies. ARGV: its bytes, how many from either end of a list are looked at.
-- returns 1; 0 when it is not there.
local is = redis.call('TYPE', KEYS[1]).ok
if is == 'zset' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
if is ~= 'list' then return 0 end
if redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1, 'MAXLEN', ARGV[2]) then return redis.call('LREM', KEYS[1], -1, ARGV[1]) end
if redis.call('LPOS', KEYS[1], ARGV[1], 'MAXLEN', ARGV[2]) then return redis.call('LREM', KEYS[1], 1, ARGV[1]) end
return 0
