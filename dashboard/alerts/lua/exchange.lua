-- Puts one record in place of another, unless somebody else changed it meanwhile.
-- KEYS: hash
-- ARGV: field, the record as it was read, the new one ('' = remove)
-- returns 1, or 0 when it is another one by now
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
