-- Adds, changes or removes a channel of a page, unless somebody else changed it meanwhile; a changed one is enabled again.
-- KEYS: channels, how the channel works and what it did not hear (see lines.lua)
-- ARGV: name, the record as it was read ('' = there is none), the new one ('' = remove), most channels
-- returns 1, 0 when it is another one by now, -1 when there are too many
local stored = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stored ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[2], 86400)
  redis.call('DEL', KEYS[3])
  return 1
end
if stored == '' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HDEL', KEYS[2], 'disabled', 'disabled_at')
redis.call('PERSIST', KEYS[2])
return 1
