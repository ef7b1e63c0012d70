-- Stores where alerts stand, when they fired, and what channels are to be told, in one step, for the collector that leads.
-- Comes after lines.lua and notices.lua, which has `post`.
-- KEYS: lease, alerts, time of the last evaluation, how it went, periods, last hours of rules, then those of `post`
-- ARGV: holder, epoch, now (unix seconds), how it went (JSON), periods kept, end of those forgotten (unix ms),
--       alerts, then fingerprint, JSON ('' = remove), …; periods, then end (unix ms), JSON, …; last hours, then rule, JSON
--       ('' = remove), …; alerts that channels did not hear of, as was seen, then channel, fingerprint, …; then those of `post`
-- returns 1, or 0 when another collector leads: nothing was stored
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
local at = 8
local function put(key, count)
  for _ = 1, count do
    if ARGV[at + 1] == '' then redis.call('HDEL', key, ARGV[at]) else redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
    at = at + 2
  end
end
put(KEYS[2], tonumber(ARGV[7]))
redis.call('SET', KEYS[3], ARGV[3])
redis.call('SET', KEYS[4], ARGV[4])
local periods = tonumber(ARGV[at])
at = at + 1
for _ = 1, periods do
  redis.call('ZADD', KEYS[5], ARGV[at], ARGV[at + 1])
  at = at + 2
end
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', ARGV[6])
redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -1 - tonumber(ARGV[5]))
at = at + 1
put(KEYS[6], tonumber(ARGV[at - 1]))
redis.call('EXPIRE', KEYS[6], 7200)
for _ = 1, tonumber(ARGV[at]) do
  redis.call('HDEL', KEYS[7] .. ':unheard:' .. ARGV[at + 1], ARGV[at + 2])
  at = at + 2
end
post(ARGV[3], 7, at + 1)
return 1
