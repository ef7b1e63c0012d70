-- A purged failure as it was, to be kept for as long as it would have been then.
-- KEYS: mark, the hash of results, the result where it expires, trash. ARGV: id, 1 when the mark counts, its seconds.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local kept = redis.call('HMGET', KEYS[4], 'result', 'left')
if not kept[1] or redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local is = redis.call('TYPE', KEYS[2]).ok
if is ~= 'hash' and is ~= 'none' or is == 'hash' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
if kept[2] == 'hash' then
  redis.call('HSET', KEYS[2], ARGV[1], kept[1])
else
  redis.call('SET', KEYS[3], kept[1])
  if tonumber(kept[2]) > 0 then redis.call('PEXPIRE', KEYS[3], kept[2]) end
end
redis.call('DEL', KEYS[4])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
