-- Jobs.
-- KEYS: the jobs. ARGV: most bytes of one.
-- returns for each {size, job}; size -1 when there is none, the job empty when it is larger.
local found = {}
for i = 1, #KEYS do
  local size = redis.pcall('STRLEN', KEYS[i])
  local there = type(size) == 'number' and (size > 0 or redis.call('EXISTS', KEYS[i]) == 1)
  found[i] = {there and size or -1, there and size <= tonumber(ARGV[1]) and redis.call('GET', KEYS[i]) or ''}
end
return found
