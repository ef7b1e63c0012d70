-- Puts notices into the outbox and the delivery log; the half of apply.lua that knows of deliveries.
-- KEYS from `key` on: outbox, delivery log, then one delivery for each notice
-- ARGV from `at` on: deliveries kept, prefix of a delivery's key, then for each notice: id, channel, rule, type, body
-- returns nothing
local function post(now, key, at)
  local outbox, log = KEYS[key], KEYS[key + 1]
  local kept, prefix = tonumber(ARGV[at]), ARGV[at + 1]
  local ms = string.format('%.0f', tonumber(now) * 1000)
  at = at + 2
  for each = key + 2, #KEYS do
    redis.call('HSET', KEYS[each], 'channel', ARGV[at + 1], 'rule', ARGV[at + 2], 'type', ARGV[at + 3], 'body', ARGV[at + 4],
      'result', 'waiting', 'attempts', 0, 'created', now, 'next', now)
    redis.call('ZADD', outbox, ms, ARGV[at])
    redis.call('ZADD', log, ms, ARGV[at])
    at = at + 5
  end
  -- The log keeps the newest; a message still to be sent is never dropped.
  local excess = math.min(50, redis.call('ZCARD', log) - kept)
  if excess > 0 then
    for _, old in ipairs(redis.call('ZRANGE', log, 0, excess - 1)) do
      if not redis.call('ZSCORE', outbox, old) then
        redis.call('ZREM', log, old)
        redis.call('DEL', prefix .. old)
      end
    end
  end
end
