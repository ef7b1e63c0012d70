-- Hand out no more jobs of a queue.
-- KEYS[1]: the start of its keys. ARGV[1]: 1 where a paused queue has a list of its own.
-- returns 1.
local base = KEYS[1]
if redis.call('HEXISTS', base .. 'meta', 'paused') == 1 then return 1 end
if ARGV[1] == '1' and redis.call('EXISTS', base .. 'wait') == 1 and redis.call('EXISTS', base .. 'paused') == 0 then
  redis.call('RENAME', base .. 'wait', base .. 'paused')
end
redis.call('HSET', base .. 'meta', 'paused', 1)
redis.call('DEL', base .. 'marker')
redis.call('XADD', base .. 'events', '*', 'event', 'paused')
return 1
