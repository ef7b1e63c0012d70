-- What jobs of a queue do.
-- KEYS: the queue, then for each job its result and the key of one that runs. ARGV: most bytes of a result,
-- after how many no more are read, then ids.
-- returns {how many were looked at, for each {ended, runs, waits or nothing, its result unless that says in the usual way
-- that all went well}}.
local found, left = {#ARGV - 2}, tonumber(ARGV[2])
for i = 3, #ARGV do
  if left <= 0 then found[1] = i - 3; break end
  local result, state, told = KEYS[2 * i - 4], '', ''
  local size = redis.pcall('STRLEN', result)
  if type(size) == 'number' and size > 0 then
    state = 'ended'
    if size <= tonumber(ARGV[1]) then
      left = left - size
      told = redis.call('GET', result)
      if string.find(told, '\140\001s\148\136', 1, true) then state, told = 'well', '' end
    end
  elseif redis.call('EXISTS', KEYS[2 * i - 3]) == 1 then
    state = 'runs'
  elseif type(redis.pcall('ZSCORE', KEYS[1], ARGV[i])) == 'string' then
    state = 'waits'
  end
  found[#found + 1] = {state, told}
end
return found
