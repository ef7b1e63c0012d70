-- What workers tell of themselves.
-- KEYS: of each queue its workers, then what runs. ARGV: most of each, most bytes of what one tells.
-- returns for each queue {{key, milliseconds until it counts as there, told, …}, {what runs, …}}
local found = {}
for i = 1, #KEYS, 2 do
  local rows = redis.pcall('ZREVRANGE', KEYS[i], 0, ARGV[1] - 1, 'WITHSCORES')
  local told = {}
  if not rows.err then
    for j = 1, #rows, 2 do
      local size = redis.pcall('STRLEN', rows[j])
      local fits = type(size) == 'number' and size <= tonumber(ARGV[2])
      told[#told + 1] = rows[j]
      told[#told + 1] = rows[j + 1]
      told[#told + 1] = fits and redis.call('GET', rows[j]) or ''
    end
  end
  local running = redis.pcall('LRANGE', KEYS[i + 1], 0, ARGV[1] - 1)
  found[#found + 1] = {told, running.err and {} or running}
end
return found
