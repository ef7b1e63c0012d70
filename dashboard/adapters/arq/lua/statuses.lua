-- What jobs of a queue do.
-- KEYS: the queue, then for each job its result and the key of one that runs. ARGV: most bytes of a result, then ids.
-- returns for each {ended, runs, waits or nothing, its result unless that says in the usual way that all went well}.
local found = {}
for i = 2, #ARGV do
  local result, state, told = KEYS[2 * i - 2], '', ''
  local size = redis.pcall('STRLEN', result)
  if type(size) == 'number' and size > 0 then
    state = 'ended'
    if size <= tonumber(ARGV[1]) then
      told = redis.call('GET', result)
      if string.find(told, '\140\001s\148\136', 1, true) then state, told = 'well', '' end
    end
  elseif redis.call('EXISTS', KEYS[2 * i - 1]) == 1 then
    state = 'runs'
  elseif type(redis.pcall('ZSCORE', KEYS[1], ARGV[i])) == 'string' then
    state = 'waits'
  end
  found[#found + 1] = {state, told}
end
return found
