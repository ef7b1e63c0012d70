-- Takes or renews the lease of the leading collector; the server's clock decides.
-- KEYS: lease
-- ARGV: holder, time to live (ms)
-- returns the epoch while the holder leads, else 0; the epoch counts up with each new leader
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch', 'until')
local epoch = tonumber(lease[2] or '0')
if lease[1] ~= ARGV[1] then
  if lease[3] and tonumber(lease[3]) > now then return 0 end
  epoch = epoch + 1
end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'epoch', epoch, 'until', string.format('%.0f', now + tonumber(ARGV[2])))
return epoch
