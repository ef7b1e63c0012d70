-- Results of tasks.
-- KEYS: the hash of results, then for each task the key of one that expires. ARGV: most bytes of one, then the ids.
-- returns each; empty when there is none or it is larger.
local found = {}
local hashed = redis.call('TYPE', KEYS[1]).ok == 'hash'
for i = 2, #ARGV do
  local result = hashed and redis.call('HGET', KEYS[1], ARGV[i])
  if not result then
    local size = redis.pcall('STRLEN', KEYS[i])
    if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then result = redis.call('GET', KEYS[i]) end
  end
  found[i - 1] = result and #result <= tonumber(ARGV[1]) and result or ''
end
return found
