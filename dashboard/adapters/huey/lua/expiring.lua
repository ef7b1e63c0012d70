-- Results that expire: those that hold an error, and compressed ones, in which that is not to be seen.
-- KEYS: the results. ARGV: most bytes of one. returns {key, result, key, result, …}
local found = {}
for i = 1, #KEYS do
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then
    local result = redis.call('GET', KEYS[i])
    local byte = string.byte(result, 1)
    if byte == 31 or byte == 120 or string.find(result, 'huey.utils', 1, true) then
      found[#found + 1] = KEYS[i]
      found[#found + 1] = result
    end
  end
end
return found
