-- Notes how the last heartbeat went, for the collector that leads.
-- KEYS: lease, heartbeat
-- ARGV: holder, epoch, then field, value, …
-- returns 1, or 0 when another collector leads: nothing was stored
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
return 1
