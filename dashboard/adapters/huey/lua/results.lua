-- Results of tasks.
-- KEYS: the hash of results, then for each task the key of one that expires. ARGV: most bytes of one, after how
-- many no more are read, then the ids.
-- returns {how many were looked at, each}; empty when there is none or it is larger.
local found, left = {#ARGV - 2}, tonumber(ARGV[2])
local hashed = redis.call('TYPE', KEYS[1]).ok == 'hash'
for i = 3, #ARGV do
  if left <= 0 then found[1] = i - 3; break end
  local size = hashed and redis.call('HSTRLEN', KEYS[1], ARGV[i]) or 0
  local result = size > 0 and size <= tonumber(ARGV[1]) and redis.call('HGET', KEYS[1], ARGV[i])
  if size == 0 then
    size = redis.pcall('STRLEN', KEYS[i - 1])
    if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then result = redis.call('GET', KEYS[i - 1]) end
  end
  if result then left = left - size end
  found[i - 1] = result or ''
end
return found
