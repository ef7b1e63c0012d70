-- A dead message into the trash.
-- KEYS: mark, dead ids, dead messages, trash. ARGV: id, 1 when the mark counts, its seconds, milliseconds in the trash.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local types = {'zset', 'hash'}
for i = 1, 2 do
  local is = redis.call('TYPE', KEYS[i + 1]).ok
  if is ~= types[i] and is ~= 'none' then return 0 end
end
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not score then return 0 end
local message = redis.call('HGET', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[4])
redis.call('HSET', KEYS[4], 'score', score)
if message then redis.call('HSET', KEYS[4], 'message', message) end
redis.call('PEXPIRE', KEYS[4], ARGV[4])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
