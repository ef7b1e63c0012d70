-- A requeued task that no worker has fetched as the failure that it was.
-- KEYS: mark, result, stream, what was kept aside. ARGV: id, 1 when the mark counts, its seconds.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local kept = redis.call('HMGET', KEYS[4], 'result', 'left', 'entry')
if not kept[1] or redis.call('EXISTS', KEYS[2]) == 1 or redis.call('TYPE', KEYS[3]).ok ~= 'stream' then return 0 end
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[3])) do
  for j = 1, #flat, 2 do
    if flat[j] == 'last-delivered-id' and #redis.call('XRANGE', KEYS[3], '(' .. flat[j + 1], kept[3], 'COUNT', 1) == 0 then
      return 0
    end
  end
end
if redis.call('XDEL', KEYS[3], kept[3]) == 0 then return 0 end
redis.call('SET', KEYS[2], kept[1])
if tonumber(kept[2]) > 0 then redis.call('PEXPIRE', KEYS[2], kept[2]) end
redis.call('DEL', KEYS[4])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
