-- A purged message among the dead ones again, as it was.
-- KEYS: mark, dead ids, dead messages, trash. ARGV: id, 1 when the mark counts, its seconds.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local types = {'zset', 'hash'}
for i = 1, 2 do
  local is = redis.call('TYPE', KEYS[i + 1]).ok
  if is ~= types[i] and is ~= 'none' then return 0 end
end
local score = redis.call('HGET', KEYS[4], 'score')
if not score or redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
local message = redis.call('HGET', KEYS[4], 'message')
redis.call('ZADD', KEYS[2], score, ARGV[1])
if message then redis.call('HSET', KEYS[3], ARGV[1], message) end
redis.call('DEL', KEYS[4])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
