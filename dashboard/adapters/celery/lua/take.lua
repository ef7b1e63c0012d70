-- Take a failure away; its result goes under a key of Redrive's own.
-- KEYS: 1 mark, 2 result, 3 where it is kept, 4 for how long it would have been kept.
-- ARGV: 1 id, 2 1 when the move is marked, 3 size of the result, 4 SHA-1 of its start, 5 bytes of that start, 6 ms for
--   which it is kept, 7 ms for which the mark is kept.
-- returns 1 when this move took it, now or before; 0 when it is no longer there.
-- The size and the start of a result, or of the last failure that was captured.
local function start(key)
  if redis.call('TYPE', key).ok == 'list' then
    local last = redis.call('LINDEX', key, -1)
    return #last, string.sub(last, 1, ARGV[5])
  end
  return redis.call('STRLEN', key), redis.call('GETRANGE', key, 0, ARGV[5] - 1)
end

if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local size, from = start(KEYS[2])
if size ~= tonumber(ARGV[3]) or redis.sha1hex(from) ~= ARGV[4] then return 0 end

redis.call('SET', KEYS[4], redis.call('PTTL', KEYS[2]), 'PX', ARGV[6])
redis.call('RENAME', KEYS[2], KEYS[3])
redis.call('PEXPIRE', KEYS[3], ARGV[6])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
end
return 1
