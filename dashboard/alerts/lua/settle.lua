-- Records how one try went, unless another sender took the message meanwhile. Comes after lines.lua and unheard.lua.
-- KEYS: outbox, delivery log, dead deliveries, totals
-- ARGV: prefix of a delivery's key, id, try, result (sent | retrying | gave up), now (unix seconds), next try (unix seconds),
--       status, error, seconds it took ('' when nothing was sent), the try as JSON, until when nothing else goes to the
--       channel (unix ms), most dead deliveries, why the channel is to be disabled or '', 1 when repeats replace each other,
--       1 when the channel is disabled and thus did not hear it, 1 when the try does not count
-- returns 1, or 0 when it is another sender's by now, or settled
local prefix, id, try, result, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local delivery = prefix .. id
local known = redis.call('HMGET', delivery, 'attempts', 'channel', 'key', 'result', 'type')
local channel, key = known[2], known[3]
if known[1] ~= try or (known[4] ~= 'waiting' and known[4] ~= 'retrying') then return 0 end
if ARGV[16] == '1' then redis.call('HINCRBY', delivery, 'base', 1) end
redis.call('HSET', delivery, 'result', result, 'status', ARGV[7], 'error', ARGV[8], 'seconds', ARGV[9], 'next', ARGV[6])

local state = KEYS[1] .. ':channel:' .. channel
redis.call('HSET', state, 'busy', ARGV[11])
redis.call('HDEL', state, 'sender', 'sent_by')
if ARGV[9] ~= '' then
  redis.call('HSET', delivery, 'a:' .. try, ARGV[10])
  redis.call('HDEL', delivery, 'a:' .. (tonumber(try) - 12))
  local went = (redis.call('HGET', state, 'recent') or '') .. (result == 'sent' and 's' or 'f')
  redis.call('HSET', state, 'recent', string.sub(went, -20), 'result', result, 'at', now, 'status', ARGV[7], 'error', ARGV[8])
end
if ARGV[13] ~= '' then redis.call('HSET', state, 'disabled', ARGV[13], 'disabled_at', now) end

if ARGV[15] == '1' then missed(KEYS[1], channel, delivery) end
if result == 'sent' then reached(KEYS[1], channel, delivery) end
if result == 'retrying' then
  redis.call('ZADD', KEYS[1] .. ':of:' .. channel, milliseconds(ARGV[6]), id .. '|' .. key)
else
  redis.call('HSET', delivery, 'finished', now)
  redis.call('HINCRBY', KEYS[4], channel .. '|' .. result, 1)
  leave(KEYS[1], prefix, channel, key, id)
end
-- Of what is said again and again the log keeps the first message and the last.
if result == 'sent' and ARGV[14] == '1' then
  local line, type = KEYS[1] .. ':said:' .. channel .. '|' .. key, known[5]
  local last = redis.call('GET', line) or ''
  local said, repeated = string.match(last, '^([^|]*)|(.*)$')
  if said == type and repeated ~= '' and redis.call('HGET', prefix .. repeated, 'result') == 'sent' then
    redis.call('ZREM', KEYS[2], repeated)
    redis.call('DEL', prefix .. repeated)
  end
  redis.call('SET', line, type .. '|' .. (said == type and id or ''), 'EX', 604800)
end
if result == 'gave up' then
  redis.call('ZADD', KEYS[3], milliseconds(now), id)
  local excess = math.min(50, redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[12]))
  for _, old in ipairs(excess > 0 and redis.call('ZRANGE', KEYS[3], 0, excess - 1) or {}) do
    redis.call('ZREM', KEYS[3], old)
    local whose = redis.call('HGET', prefix .. old, 'channel') or ''
    redis.call('HINCRBY', KEYS[4], whose .. '|dropped', 1)
    if not redis.call('ZSCORE', KEYS[2], old) then redis.call('DEL', prefix .. old) end
  end
end
schedule(KEYS[1], channel)
return 1
