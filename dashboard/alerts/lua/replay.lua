-- Sends dead deliveries again, each under its id and as it was, behind what waits; brings one that waits for its next try
-- forward. Comes after lines.lua.
-- KEYS: outbox, delivery log, dead deliveries
-- ARGV: prefix of a delivery's key, now (unix seconds), ids ('' : the oldest dead ones, at most 100)
-- returns ids of those that will be sent
local ids, sent = { unpack(ARGV, 3) }, {}
if ids[1] == '' then ids = redis.call('ZRANGE', KEYS[3], 0, 99) end
for i = 1, math.min(100, #ids) do
  local id = ids[i]
  local delivery = ARGV[1] .. id
  local known = redis.call('HMGET', delivery, 'channel', 'key', 'result', 'attempts', 'created')
  local channel, key = known[1], known[2]
  local dead = redis.call('ZREM', KEYS[3], id) == 1
  dead = dead or (channel and known[3] == 'gave up')
  if channel and dead then
    redis.call('HSET', delivery, 'result', 'waiting', 'next', ARGV[2], 'base', known[4], 'frozen', 1)
    redis.call('HDEL', delivery, 'finished')
    redis.call('ZADD', KEYS[2], milliseconds(known[5]), id)
    append(KEYS[1], channel, key, id, milliseconds(ARGV[2]))
  elseif channel and known[3] == 'retrying' then
    redis.call('HSET', delivery, 'next', ARGV[2])
    redis.call('ZADD', KEYS[1] .. ':of:' .. channel, 'XX', milliseconds(ARGV[2]), id .. '|' .. key)
  end
  if channel and (dead or known[3] == 'retrying') then
    schedule(KEYS[1], channel)
    sent[#sent + 1] = id
  end
end
return sent
