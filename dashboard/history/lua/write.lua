-- Writes of the leading collector: fields of hashes, and up to when each queue is recorded.
-- KEYS: lease, last readings, then one hash for each field to write
-- ARGV: holder, epoch, number of readings, then queue, reading (JSON, '' to forget it) for each, then for each hash:
--   field, value ('' to remove it), when the hash is no longer needed (unix seconds)
-- returns 1, or 0 when another collector leads by now
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
local at = 4
local function put(key)
  if ARGV[at + 1] == '' then redis.call('HDEL', key, ARGV[at]) else redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
end
for _ = 1, tonumber(ARGV[3]) do
  put(KEYS[2])
  at = at + 2
end
for i = 3, #KEYS do
  put(KEYS[i])
  redis.call('EXPIREAT', KEYS[i], ARGV[at + 2])
  at = at + 3
end
return 1
