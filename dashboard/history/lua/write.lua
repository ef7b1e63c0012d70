-- Writes buckets of the leading collector, and up to when each queue is recorded.
-- KEYS: lease, last readings, then one hash of buckets per bucket to write
-- ARGV: holder, epoch, number of readings, then queue, reading (JSON, '' to forget it) for each, then for each hash
--   of buckets: field, bucket, when the hash is no longer needed (unix seconds)
-- returns 1, or 0 when another collector leads by now
local lease = redis.call('HMGET', KEYS[1], 'holder', 'epoch')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[at])
  else redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1]) end
  at = at + 2
end
for i = 3, #KEYS do
  redis.call('HSET', KEYS[i], ARGV[at], ARGV[at + 1])
  redis.call('EXPIREAT', KEYS[i], ARGV[at + 2])
  at = at + 3
end
return 1
