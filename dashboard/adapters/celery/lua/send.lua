-- Put a message to the end of a queue, where its failure was taken away at another server before.
-- KEYS: 1 mark, 2 list, 3 record of the move.  ARGV: 1 id, 2 1 when the move is marked, 3 message, 4 its delivery tag,
--   5 its id, 6 unix seconds, 7 ms for which the record is kept, 8 ms for which the mark is kept.
-- returns 1; -1 when the list is none.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local kind = redis.call('TYPE', KEYS[2]).ok
if kind ~= 'none' and kind ~= 'list' then return -1 end

redis.call('LPUSH', KEYS[2], ARGV[3])
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'list', KEYS[2], 'message', ARGV[3], 'tag', ARGV[4], 'id', ARGV[5], 'at', ARGV[6])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[8])
end
return 1
