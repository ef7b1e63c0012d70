-- Changes or removes a user, and ends all sessions of that user.
-- KEYS: users, the user's sessions
-- ARGV: name in lower case, fields to set (JSON; empty removes the user), what a session's key begins with
-- returns 1 | 0 there is no such user
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return 0 end
local changes = cjson.decode(ARGV[2])
local whole, record = pcall(cjson.decode, stored)
if next(changes) == nil then
  redis.call('HDEL', KEYS[1], ARGV[1])
elseif not whole or type(record) ~= 'table' then
  return 0
else
  for field, value in pairs(changes) do record[field] = value end
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(record))
end
-- A user has a bounded number of sessions, see open.lua.
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('DEL', ARGV[3] .. id) end
redis.call('DEL', KEYS[2])
return 1
