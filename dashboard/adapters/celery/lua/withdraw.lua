-- Delete a message that still lies in its list.
-- KEYS: 1 mark, 2 list.  ARGV: 1 id, 2 1 when the move is marked, 3 message, 4 how many are looked at from each end,
--   5 ms for which the mark is kept.
-- returns 1 when this move deleted it, now or before; 0 when it is not there, or too deep in a long list.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end

local function there(rank)
  return redis.call('LPOS', KEYS[2], ARGV[3], 'RANK', rank, 'MAXLEN', ARGV[4])
end
local from = there(1) and 1 or there(-1) and -1
if not from then return 0 end

redis.call('LREM', KEYS[2], from, ARGV[3])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
return 1
