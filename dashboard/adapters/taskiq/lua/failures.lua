-- Results that do not say in the usual way that all went well.
-- KEYS: the results, or what is called like them. ARGV: most bytes of one. returns {key, result, key, result, …}
local found = {}
for i = 1, #KEYS do
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then
    local result = redis.call('GET', KEYS[i])
    local says = string.find(result, 'is_err', 1, true)
    if says and not string.find(result, 'is_err\148\137', 1, true) then
      found[#found + 1] = KEYS[i]
      found[#found + 1] = result
    end
  end
end
return found
