-- Put a dead job back to the end of its queue.
-- KEYS: mark, dead set, the queue's list, set of queues, what is kept so that it can be taken back.
-- ARGV: id, seconds of the mark or '', `=` and the member or '', what is enqueued, name of the queue, seconds to keep it.
-- returns 1, or 0 when it is not dead.
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local member = string.sub(ARGV[3], 2)
local score = ARGV[3] ~= '' and redis.call('ZSCORE', KEYS[2], member)
if not score then return 0 end
redis.call('ZREM', KEYS[2], member)
redis.call('SADD', KEYS[4], ARGV[5])
redis.call('LPUSH', KEYS[3], ARGV[4])
redis.call('DEL', KEYS[5])
redis.call('HSET', KEYS[5], 'member', member, 'score', score, 'job', ARGV[4])
redis.call('EXPIRE', KEYS[5], ARGV[6])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], ARGV[1]); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
