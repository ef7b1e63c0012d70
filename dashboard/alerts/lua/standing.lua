-- The alerts as they stand, and when alerts fired before.
-- KEYS: alerts, firing periods
-- ARGV: end of a period at the earliest (unix ms), most alerts and periods
-- returns {{fingerprint, JSON, …}, {period as JSON, the one that ended last first, …}}
local alerts, cursor = {}, '0'
repeat
  local reply = redis.call('HSCAN', KEYS[1], cursor, 'COUNT', ARGV[2])
  cursor = reply[1]
  for i = 1, #reply[2] do alerts[#alerts + 1] = reply[2][i] end
until cursor == '0' or #alerts >= 2 * tonumber(ARGV[2])
return { alerts, redis.call('ZREVRANGEBYSCORE', KEYS[2], '+inf', ARGV[1], 'LIMIT', 0, ARGV[2]) }
