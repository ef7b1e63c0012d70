-- Make a requeued job that still waits a dead one again, as it was.
-- KEYS: mark, dead set, the queue's list, what was kept. ARGV: id, seconds of the mark or '', how many of the last that
-- came are searched. returns 1, or 0 when it does not wait there, or was not requeued from here.
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local kept = redis.call('HMGET', KEYS[4], 'member', 'score', 'job')
if not kept[1] or not redis.call('LPOS', KEYS[3], kept[3], 'MAXLEN', ARGV[3]) then return 0 end
redis.call('LREM', KEYS[3], 1, kept[3])
redis.call('ZADD', KEYS[2], kept[2], kept[1])
redis.call('DEL', KEYS[4])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], ARGV[1]); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
