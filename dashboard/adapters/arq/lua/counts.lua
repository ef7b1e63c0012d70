-- Numbers of queues.
-- KEYS: the queues. ARGV: milliseconds now, most due jobs that are asked whether they run, what such a key begins with.
-- returns for each {due, running of these, later, when the oldest that waits was due}; -1 for a key of another type.
local found = {}
for i = 1, #KEYS do
  local due = redis.pcall('ZCOUNT', KEYS[i], '-inf', ARGV[1])
  if type(due) ~= 'number' then
    found[i] = {-1, -1, -1, ''}
  else
    local running, oldest = 0, ''
    local first = redis.call('ZRANGEBYSCORE', KEYS[i], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
    for j = 1, #first, 2 do
      if redis.call('EXISTS', ARGV[3] .. first[j]) == 1 then running = running + 1
      elseif oldest == '' then oldest = first[j + 1] end
    end
    found[i] = {due, running, redis.call('ZCOUNT', KEYS[i], '(' .. ARGV[1], '+inf'), oldest}
  end
end
return found
