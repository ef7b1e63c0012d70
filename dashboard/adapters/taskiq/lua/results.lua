-- Results of tasks. KEYS: they. ARGV: most bytes of one. returns each; empty when there is none or it is larger.
local found = {}
for i = 1, #KEYS do
  local size = redis.pcall('STRLEN', KEYS[i])
  local fits = type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1])
  found[i] = fits and redis.call('GET', KEYS[i]) or ''
end
return found
