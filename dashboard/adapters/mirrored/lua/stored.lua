-- Values as they are.
-- KEYS: they. ARGV: most bytes of one, and after how many no more are read.
-- returns {how many were looked at, each}; empty when there is none or it is larger.
local found, left = {#KEYS}, tonumber(ARGV[2])
for i = 1, #KEYS do
  if left <= 0 then found[1] = i - 1; break end
  local size = redis.pcall('STRLEN', KEYS[i])
  local fits = type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1])
  if fits then left = left - size end
  found[i + 1] = fits and redis.call('GET', KEYS[i]) or ''
end
return found
