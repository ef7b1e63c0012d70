-- Stores where alerts stand and the messages that follow from it, in one step, for the collector that leads.
-- KEYS: lease, alerts, time of the last evaluation, outbox, delivery log, then one delivery per message
-- ARGV: holder, epoch, now (unix seconds), deliveries kept, prefix of a delivery's key, alerts, fingerprint, JSON ('' = remove), …,
--       then per message: id, channel, rule, type, body
-- returns 1, or 0 when another collector leads
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
local now, at = ARGV[3], 7
local ms = string.format('%.0f', tonumber(now) * 1000)
for _ = 1, tonumber(ARGV[6]) do
  if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[at]) else redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1]) end
  at = at + 2
end
redis.call('SET', KEYS[3], now)
for key = 6, #KEYS do
  local id = ARGV[at]
  redis.call('HSET', KEYS[key], 'channel', ARGV[at + 1], 'rule', ARGV[at + 2], 'type', ARGV[at + 3], 'body', ARGV[at + 4],
    'result', 'waiting', 'attempts', 0, 'created', now, 'next', now)
  redis.call('ZADD', KEYS[4], ms, id)
  redis.call('ZADD', KEYS[5], ms, id)
  at = at + 5
end
-- The log keeps the newest; a message still to be sent is never dropped.
local excess = math.min(50, redis.call('ZCARD', KEYS[5]) - tonumber(ARGV[4]))
if excess > 0 then
  for _, old in ipairs(redis.call('ZRANGE', KEYS[5], 0, excess - 1)) do
    if not redis.call('ZSCORE', KEYS[4], old) then
      redis.call('ZREM', KEYS[5], old)
      redis.call('DEL', ARGV[5] .. old)
    end
  end
end
return 1
