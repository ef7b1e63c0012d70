-- Schedules of RedBeat, the next one first.
-- KEYS: the sorted set of their keys. ARGV: how many at most, most bytes of a definition.
-- returns for each {key, when it is due, definition, what is noted of its runs}; empty for what is not there or larger.
local rows = redis.pcall('ZRANGE', KEYS[1], 0, ARGV[1] - 1, 'WITHSCORES')
if rows.err then return {} end
local found = {}
for i = 1, #rows, 2 do
  local size = redis.pcall('HSTRLEN', rows[i], 'definition')
  local fits = type(size) == 'number' and size > 0 and size <= tonumber(ARGV[2])
  local read = fits and redis.call('HMGET', rows[i], 'definition') or {}
  local noted = fits and redis.call('HSTRLEN', rows[i], 'meta') <= tonumber(ARGV[2]) and redis.call('HGET', rows[i], 'meta')
  found[#found + 1] = {rows[i], rows[i + 1], read[1] or '', noted or ''}
end
return found
