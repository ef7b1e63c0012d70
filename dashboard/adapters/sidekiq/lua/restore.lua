-- Put a purged job back among the dead, exactly as it was.
-- KEYS: mark, dead set, where it is kept. ARGV: id, seconds of the mark or ''. returns 1, or 0 when it is not kept.
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local kept = redis.call('HMGET', KEYS[3], 'member', 'score')
if not kept[1] then return 0 end
redis.call('ZADD', KEYS[2], kept[2], kept[1])
redis.call('DEL', KEYS[3])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], ARGV[1]); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
