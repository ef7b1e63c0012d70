-- Opens a session for a user whose password was just checked, if that is the password still.
-- KEYS: users, session, the user's sessions, session it replaces, counters of attempts: of this name from this address,
--       then those from which this one is taken off
-- ARGV: name in lower case, hash that was checked, hash to keep from now on, now (ms), idle limit (ms), end (ms),
--       most sessions of a user, what a session's key begins with
-- returns 1 | 0 the user or the password changed meanwhile
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local whole, record = pcall(cjson.decode, stored or '')
if not whole or type(record) ~= 'table' or record.hash ~= ARGV[2] then return 0 end
local id = string.sub(KEYS[2], #ARGV[8] + 1)
local replaced = redis.call('HGET', KEYS[4], 'user')
if replaced == ARGV[1] then redis.call('ZREM', KEYS[3], string.sub(KEYS[4], #ARGV[8] + 1)) end
redis.call('DEL', KEYS[4])

redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[4])
local surplus = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[7]) + 1
if surplus > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', KEYS[3], 0, surplus - 1)) do
    redis.call('DEL', ARGV[8] .. oldest)
    redis.call('ZREM', KEYS[3], oldest)
  end
end
redis.call('HSET', KEYS[2], 'user', ARGV[1], 'name', record.name, 'role', record.role, 'opened', ARGV[4],
  'seen', ARGV[4], 'ends', ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('ZADD', KEYS[3], ARGV[6], id)
redis.call('PEXPIRE', KEYS[3], string.format('%.0f', tonumber(ARGV[6]) - tonumber(ARGV[4])))

record.hash, record.signed_in = ARGV[3], tonumber(ARGV[4]) / 1000
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(record))
redis.call('DEL', KEYS[5])
for i = 6, #KEYS do
  if tonumber(redis.call('HGET', KEYS[i], 'n') or 0) > 0 then redis.call('HINCRBY', KEYS[i], 'n', -1) end
end
return 1
