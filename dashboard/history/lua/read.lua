-- Reads hashes of buckets, and what is known of the places they are of.
-- KEYS: last readings, versions, then the hashes of buckets (at most 400, of 60 buckets each)
-- ARGV: fields of the first two
-- returns {readings, versions, for each hash {field, bucket, …}}
local found = {}
for i = 1, 2 do found[i] = #ARGV > 0 and redis.call('HMGET', KEYS[i], unpack(ARGV)) or {} end
for i = 3, math.min(#KEYS, 402) do found[i] = redis.call('HGETALL', KEYS[i]) end
return found
