-- Put a purged job back among the failed ones, exactly as it was.
-- KEYS: mark, start of the queue's keys, start of the names under which it is kept.
-- ARGV: id, seconds of the mark or ''.
-- returns 1, or 0 when it is no longer kept, or its id was used again.
local id, base, job = ARGV[1], KEYS[2], KEYS[2] .. ARGV[1]
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], id) == 1 then return 1 end
local score = redis.call('GET', KEYS[3] .. ':score')
if not score or redis.call('EXISTS', KEYS[3]) == 0 or redis.call('EXISTS', job) == 1 then return 0 end
for _, part in ipairs({ '', ':logs', ':processed', ':failed', ':unsuccessful' }) do
  if redis.call('EXISTS', KEYS[3] .. part) == 1 then
    redis.call('RENAME', KEYS[3] .. part, job .. part)
    redis.call('PERSIST', job .. part)
  end
end
redis.call('ZADD', base .. 'failed', score, id)
redis.call('DEL', KEYS[3] .. ':score')
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], id); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
