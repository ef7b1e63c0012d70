-- Delete a message that waits.
-- KEYS: the queue. ARGV: the message, its entry in a stream, group of the workers, how many from either end of a list are
-- looked at. returns 1; 0 when it is not there, or was fetched.
local is = redis.call('TYPE', KEYS[1]).ok
if is == 'list' then
  if redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1, 'MAXLEN', ARGV[4]) then return redis.call('LREM', KEYS[1], -1, ARGV[1]) end
  if redis.call('LPOS', KEYS[1], ARGV[1], 'MAXLEN', ARGV[4]) then return redis.call('LREM', KEYS[1], 1, ARGV[1]) end
  return 0
end
if is ~= 'stream' or ARGV[2] == '' then return 0 end
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for j = 1, #flat, 2 do group[flat[j]] = flat[j + 1] end
  local last = group['last-delivered-id']
  local same = ARGV[3] == '' or group.name == ARGV[3]
  if same and #redis.call('XRANGE', KEYS[1], '(' .. last, ARGV[2], 'COUNT', 1) == 0 then return 0 end
end
return redis.call('XDEL', KEYS[1], ARGV[2])
