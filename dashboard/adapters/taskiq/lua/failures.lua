-- Results that do not say in the usual way that all went well.
-- KEYS: the results, or what is called like them. ARGV: most bytes of one, and after how many no more are read.
-- returns {how many were looked at, key, result, key, result, …}
local found, left = {#KEYS}, tonumber(ARGV[2])
for i = 1, #KEYS do
  if left <= 0 then found[1] = i - 1; break end
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then
    left = left - size
    local result = redis.call('GET', KEYS[i])
    local says = string.find(result, 'is_err', 1, true)
    if says and not string.find(result, 'is_err\148\137', 1, true) then
      found[#found + 1] = KEYS[i]
      found[#found + 1] = result
    end
  end
end
return found
