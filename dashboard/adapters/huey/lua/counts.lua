-- Numbers of queues.
-- KEYS: of each queue its tasks that wait and those that are to run later.
-- returns for each {waiting, later, 1 when tasks have priorities}; -1 for a key of another type.
local found = {}
for i = 1, #KEYS, 2 do
  local is = redis.call('TYPE', KEYS[i]).ok
  local waiting = -1
  if is == 'list' then waiting = redis.call('LLEN', KEYS[i])
  elseif is == 'zset' then waiting = redis.call('ZCARD', KEYS[i])
  elseif is == 'none' then waiting = 0 end
  local later = redis.pcall('ZCARD', KEYS[i + 1])
  found[#found + 1] = {waiting, type(later) == 'number' and later or -1, is == 'zset' and 1 or 0}
end
return found
