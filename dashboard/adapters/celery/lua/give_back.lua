-- Put a result back that was taken away, for as long as it would have been kept.
-- KEYS: 1 mark, 2 result, 3 where it is kept, 4 for how long it would have been kept.
-- ARGV: 1 id, 2 1 when the move is marked, 3 ms for which the mark is kept.
-- returns 1 when this move put it back, now or before; 0 when it is gone, or the task has another result now.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('EXISTS', KEYS[3]) == 0 then return 0 end

local left = tonumber(redis.call('GET', KEYS[4]) or -1)
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('RENAME', KEYS[3], KEYS[2])
redis.call('DEL', KEYS[4])
if left > 0 then redis.call('PEXPIRE', KEYS[2], left) else redis.call('PERSIST', KEYS[2]) end
return 1
