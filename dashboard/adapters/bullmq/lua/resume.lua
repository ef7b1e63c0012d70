-- Hand out jobs of a queue again, and wake its workers.
-- KEYS[1]: the start of its keys.
-- returns 1.
local base = KEYS[1]
if redis.call('HEXISTS', base .. 'meta', 'paused') == 0 then return 1 end
redis.call('HDEL', base .. 'meta', 'paused')
if redis.call('EXISTS', base .. 'paused') == 1 then
  if redis.call('EXISTS', base .. 'wait') == 0 then
    redis.call('RENAME', base .. 'paused', base .. 'wait')
  else
    local jobs = redis.call('LRANGE', base .. 'paused', 0, 6999)
    redis.call('RPUSH', base .. 'wait', unpack(jobs))
    redis.call('LTRIM', base .. 'paused', #jobs, -1)
  end
end
if redis.call('LLEN', base .. 'wait') + redis.call('ZCARD', base .. 'prioritized') > 0 then
  redis.call('ZADD', base .. 'marker', 0, '0')
else
  local due = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')
  if due[2] then redis.call('ZADD', base .. 'marker', math.floor(tonumber(due[2]) / 4096), '1') end
end
redis.call('XADD', base .. 'events', '*', 'event', 'resumed')
return 1
