-- Results in a hash: those that hold an error, and compressed ones, in which that is not to be seen.
-- KEYS: the hash. ARGV: most bytes of one, and after how many no more are read, then fields.
-- returns {how many were looked at, field, result, field, result, …}
local found, left = {#ARGV - 2}, tonumber(ARGV[2])
for i = 3, #ARGV do
  if left <= 0 then found[1] = i - 3; break end
  local size = redis.pcall('HSTRLEN', KEYS[1], ARGV[i])
  if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then
    left = left - size
    local result = redis.call('HGET', KEYS[1], ARGV[i])
    local byte = string.byte(result, 1)
    if byte == 31 or byte == 120 or string.find(result, 'huey.utils', 1, true) then
      found[#found + 1] = ARGV[i]
      found[#found + 1] = result
    end
  end
end
return found
