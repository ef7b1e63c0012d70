-- Adds a user, unless the name is taken or there are too many.
-- KEYS: users
-- ARGV: name in lower case, record (JSON), most users
-- returns 1 added | 0 the name is taken | -1 too many
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
