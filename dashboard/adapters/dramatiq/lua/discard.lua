-- Delete a message that waits.
-- KEYS: list, messages. ARGV: id, how many ids from either end of the list are looked at.
-- returns 1 when it was deleted; 0 when it is not in the list, or too far from its ends.
if redis.call('TYPE', KEYS[1]).ok ~= 'list' or redis.call('TYPE', KEYS[2]).ok ~= 'hash' then return 0 end
if redis.call('LPOS', KEYS[1], ARGV[1], 'MAXLEN', ARGV[2]) then
  redis.call('LREM', KEYS[1], 1, ARGV[1])
elseif redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1, 'MAXLEN', ARGV[2]) then
  redis.call('LREM', KEYS[1], -1, ARGV[1])
else
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
