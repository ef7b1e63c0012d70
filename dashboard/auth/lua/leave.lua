-- Ends one session.
-- KEYS: session
-- ARGV: the session's id, what the key of a user's sessions begins with
-- returns the user's name, or nothing when there was no such session
local kept = redis.call('HMGET', KEYS[1], 'user', 'name')
if not kept[1] then return false end
redis.call('DEL', KEYS[1])
redis.call('ZREM', ARGV[2] .. kept[1], ARGV[1])
return kept[2] or kept[1]
