-- Takes the next message that is due; nobody else gets it before the time given to its sender is over.
-- KEYS: outbox
-- ARGV: now (unix ms), until when it is the sender's (unix ms), prefix of a delivery's key
-- returns {} or {id, try, channel, type, body}
local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
if not id then return {} end
local key = ARGV[3] .. id
if redis.call('EXISTS', key) == 0 then
  redis.call('ZREM', KEYS[1], id)
  return {}
end
redis.call('ZADD', KEYS[1], ARGV[2], id)
local try = redis.call('HINCRBY', key, 'attempts', 1)
local delivery = redis.call('HMGET', key, 'channel', 'type', 'body')
return { id, try, delivery[1], delivery[2], delivery[3] }
