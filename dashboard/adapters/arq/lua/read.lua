-- Jobs, or results.
-- KEYS: for each what is read, the key of one that runs, how often it was begun. ARGV: most bytes of one.
-- returns for each {size, contents, 1 when it runs, how often}; size -1 when there is none, no contents when larger.
local found = {}
for i = 1, #KEYS, 3 do
  local size = redis.pcall('STRLEN', KEYS[i])
  local there = type(size) == 'number' and (size > 0 or redis.call('EXISTS', KEYS[i]) == 1)
  local contents = there and size <= tonumber(ARGV[1]) and redis.call('GET', KEYS[i]) or ''
  local tries = redis.pcall('GET', KEYS[i + 2])
  if type(tries) ~= 'string' then tries = '' end
  found[#found + 1] = {there and size or -1, contents, redis.call('EXISTS', KEYS[i + 1]), tries}
end
return found
