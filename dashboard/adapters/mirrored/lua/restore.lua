-- A purged value as it was, to be kept for as long as it would have been then.
-- KEYS: mark, the value, trash, then keys that must not be there. ARGV: id, 1 when the mark counts, its seconds.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local kept = redis.call('HMGET', KEYS[3], 'value', 'left', 'job')
local value = kept[1] or kept[3]                           -- as the field was called once
if not value or redis.call('EXISTS', KEYS[2], unpack(KEYS, 4)) > 0 then return 0 end
redis.call('SET', KEYS[2], value)
if tonumber(kept[2]) > 0 then redis.call('PEXPIRE', KEYS[2], kept[2]) end
redis.call('DEL', KEYS[3])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
