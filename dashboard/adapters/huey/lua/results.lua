-- Results of tasks.
-- KEYS: the hash of results, then for each task the key of one that expires. ARGV: most bytes of one, then the ids.
-- returns each; empty when there is none or it is larger.
local found = {}
local hashed = redis.call('TYPE', KEYS[1]).ok == 'hash'
for i = 2, #ARGV do
  local size = hashed and redis.call('HSTRLEN', KEYS[1], ARGV[i]) or 0
  local result = size > 0 and size <= tonumber(ARGV[1]) and redis.call('HGET', KEYS[1], ARGV[i])
  if size == 0 then
    size = redis.pcall('STRLEN', KEYS[i])
    if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then result = redis.call('GET', KEYS[i]) end
  end
  found[i - 1] = result or ''
end
return found
