-- Whether requeued jobs wait in the queue into which they were put.
-- KEYS: the queue's list, then for each what was kept of it. ARGV[1]: how many are searched from either end.
-- returns for each 1 when it waits, 0 when it does not, -1 when that is not known.
local length, found = redis.call('LLEN', KEYS[1]), {}
for i = 2, #KEYS do
  local job = redis.call('HGET', KEYS[i], 'job')
  if not job then found[i - 1] = -1
  elseif redis.call('LPOS', KEYS[1], job, 'RANK', -1, 'MAXLEN', ARGV[1]) then found[i - 1] = 1
  elseif length <= tonumber(ARGV[1]) then found[i - 1] = 0
  elseif redis.call('LPOS', KEYS[1], job, 'MAXLEN', ARGV[1]) then found[i - 1] = 1
  else found[i - 1] = length <= 2 * tonumber(ARGV[1]) and 0 or -1 end
end
return found
