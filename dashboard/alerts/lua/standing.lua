-- The alerts as they stand, when alerts fired before, and the rules made on pages.
-- KEYS: alerts, firing periods, rules made on pages
-- ARGV: end of a period at the earliest (unix ms), most alerts and periods
-- returns {{fingerprint, JSON, …}, {period as JSON, the one that ended last first, …}, {name, JSON, …}}
local alerts, cursor = {}, '0'
repeat
  local reply = redis.call('HSCAN', KEYS[1], cursor, 'COUNT', ARGV[2])
  cursor = reply[1]
  for i = 1, #reply[2] do alerts[#alerts + 1] = reply[2][i] end
until cursor == '0' or #alerts >= 2 * tonumber(ARGV[2])
local periods = redis.call('ZREVRANGEBYSCORE', KEYS[2], '+inf', ARGV[1], 'LIMIT', 0, ARGV[2])
return { alerts, periods, redis.call('HSCAN', KEYS[3], '0', 'COUNT', 1000)[2] }
