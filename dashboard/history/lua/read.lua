-- Reads hashes of buckets.  KEYS: the hashes (at most 200, of 60 buckets each).
-- returns for each {field, bucket, …}
local found = {}
for i = 1, math.min(#KEYS, 200) do found[i] = redis.call('HGETALL', KEYS[i]) end
return found
