-- A failure that is one value into the trash.
-- KEYS: mark, the value, trash.
-- ARGV: id, 1 when the mark counts, its seconds, SHA-1 of the value, milliseconds in the trash.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('TYPE', KEYS[2]).ok ~= 'string' then return 0 end
local value = redis.call('GET', KEYS[2])
if redis.sha1hex(value) ~= ARGV[4] then return 0 end
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'value', value, 'left', redis.call('PTTL', KEYS[2]))
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('DEL', KEYS[2])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
