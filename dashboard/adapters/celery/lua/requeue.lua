-- Put a failure back to the end of its queue; its result goes under a key of Redrive's own. For one server.
-- KEYS: in the broker's database 1 mark, 2 list, 3 record of the move; in the backend's 4 result, 5 where it is kept,
--   6 for how long it would have been kept.
-- ARGV: 1 the broker's database, 2 the backend's, 3 id, 4 1 when the move is marked, 5 size of the result, 6 SHA-1 of
--   its start, 7 bytes of that start, 8 message, 9 its delivery tag, 10 its id, 11 unix seconds, 12 ms for which the
--   result is kept, 13 ms for which the mark is kept.
-- returns 1 when this move put it back, now or before; 0 when the failure is no longer there; -1 when the list is none.
local function at(database)
  if ARGV[1] ~= ARGV[2] then redis.call('SELECT', database) end
end

-- The size and the start of a result, or of the last failure that was captured.
local function start(key)
  if redis.call('TYPE', key).ok == 'list' then
    local last = redis.call('LINDEX', key, -1)
    return #last, string.sub(last, 1, ARGV[7])
  end
  return redis.call('STRLEN', key), redis.call('GETRANGE', key, 0, ARGV[7] - 1)
end

at(ARGV[1])
if ARGV[4] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[3]) == 1 then return 1 end
local kind = redis.call('TYPE', KEYS[2]).ok
if kind ~= 'none' and kind ~= 'list' then return -1 end

at(ARGV[2])
local size, from = start(KEYS[4])
if size ~= tonumber(ARGV[5]) or redis.sha1hex(from) ~= ARGV[6] then return 0 end
local left = redis.call('PTTL', KEYS[4])

at(ARGV[1])
redis.call('LPUSH', KEYS[2], ARGV[8])
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'list', KEYS[2], 'message', ARGV[8], 'tag', ARGV[9], 'id', ARGV[10], 'at', ARGV[11])
redis.call('PEXPIRE', KEYS[3], ARGV[12])
if ARGV[4] == '1' then
  redis.call('SADD', KEYS[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[13])
end

at(ARGV[2])
redis.call('RENAME', KEYS[4], KEYS[5])
redis.call('PEXPIRE', KEYS[5], ARGV[12])
redis.call('SET', KEYS[6], left, 'PX', ARGV[12])
return 1
