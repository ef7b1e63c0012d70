-- Makes one driver the only one of an operation for a short time, so that canary and pace hold over all drivers.
-- KEYS: operation
-- ARGV: driver, lease (ms), now (unix seconds)
-- returns the state to drive (canary | running | cancelled), or '' when another driver has it or nothing is to be done
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = redis.call('HMGET', KEYS[1], 'state', 'driver', 'driver_until', 'canary')
local state = record[1]
if state ~= 'waiting' and state ~= 'canary' and state ~= 'running' and state ~= 'cancelled' then return '' end
if record[2] and record[2] ~= ARGV[1] and tonumber(record[3]) > now then return '' end
if state == 'waiting' then
  state = tonumber(record[4] or '0') > 0 and 'canary' or 'running'
  redis.call('HSET', KEYS[1], 'state', state, 'tokens', 0, 'tokens_at', ARGV[3], 'mark_at', ARGV[3], 'mark_done', 0)
end
redis.call('HSET', KEYS[1], 'driver', ARGV[1], 'driver_until', string.format('%.0f', now + tonumber(ARGV[2])))
return state
