-- A requeued message that no worker has fetched among the dead ones again.
-- KEYS: mark, dead ids, dead messages, list, messages.
-- ARGV: id, 1 when the mark counts, its seconds, SHA-1 of the message, the message as it was, the millisecond of its
-- death, how many ids from either end of the list are looked at.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local types = {'zset', 'hash', 'list', 'hash'}
for i = 1, 4 do
  local is = redis.call('TYPE', KEYS[i + 1]).ok
  if is ~= types[i] and is ~= 'none' then return 0 end
end
local message = redis.call('HGET', KEYS[5], ARGV[1])
if not message or redis.sha1hex(message) ~= ARGV[4] then return 0 end
if redis.call('LPOS', KEYS[4], ARGV[1], 'RANK', -1, 'MAXLEN', ARGV[7]) then
  redis.call('LREM', KEYS[4], -1, ARGV[1])
elseif redis.call('LPOS', KEYS[4], ARGV[1], 'MAXLEN', ARGV[7]) then
  redis.call('LREM', KEYS[4], 1, ARGV[1])
else
  return 0
end
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[6], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[5])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
