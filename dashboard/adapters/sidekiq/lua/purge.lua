-- Take a dead job away; it is kept for a time.
-- KEYS: mark, dead set, where it is kept. ARGV: id, seconds of the mark or '', `=` and the member or '', milliseconds to keep it.
-- returns 1, or 0 when it is not dead.
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local member = string.sub(ARGV[3], 2)
local score = ARGV[3] ~= '' and redis.call('ZSCORE', KEYS[2], member)
if not score then return 0 end
redis.call('ZREM', KEYS[2], member)
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'member', member, 'score', score)
redis.call('PEXPIRE', KEYS[3], ARGV[4])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], ARGV[1]); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
