-- Make a requeued task that has not started a failure again, as it was. For one server.
-- KEYS: in the broker's database 1 mark, 2 list, 3 record of the move; in the backend's 4 result, 5 where it is kept,
--   6 for how long it would have been kept.
-- ARGV: 1 the broker's database, 2 the backend's, 3 id, 4 1 when the move is marked, 5 how many messages are looked at
--   from each end, 6 ms for which the mark is kept.
-- returns 1 when this move took it back, now or before; 0 when it is too late.
local function at(database)
  if ARGV[1] ~= ARGV[2] then redis.call('SELECT', database) end
end

at(ARGV[2])
local kept = redis.call('EXISTS', KEYS[4]) == 0 and redis.call('EXISTS', KEYS[5]) == 1
local left = tonumber(redis.call('GET', KEYS[6]) or -1)

at(ARGV[1])
if ARGV[4] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[3]) == 1 then return 1 end
local message = redis.call('HGET', KEYS[3], 'message')
if not kept or not message then return 0 end
local function there(rank)
  return redis.call('LPOS', KEYS[2], message, 'RANK', rank, 'MAXLEN', ARGV[5])
end
local from = there(1) and 1 or there(-1) and -1
if not from then return 0 end

redis.call('LREM', KEYS[2], from, message)
redis.call('DEL', KEYS[3])
if ARGV[4] == '1' then
  redis.call('SADD', KEYS[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end

at(ARGV[2])
redis.call('RENAME', KEYS[5], KEYS[4])
redis.call('DEL', KEYS[6])
if left > 0 then redis.call('PEXPIRE', KEYS[4], left) else redis.call('PERSIST', KEYS[4]) end
return 1
