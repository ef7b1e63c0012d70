-- Numbers of queues.
-- KEYS: of each queue what waits, what runs, what has not ended, its workers. ARGV: milliseconds now, most bytes of a job.
-- returns for each {waiting, running, unfinished, workers, the next job}; -1 for a key of another type.
local function number(got)
  return type(got) == 'number' and got or -1
end
local found = {}
for i = 1, #KEYS, 4 do
  local waiting = number(redis.pcall('LLEN', KEYS[i]))
  local job = ''
  if waiting > 0 then
    local id = redis.call('LINDEX', KEYS[i], 0)
    local size = redis.pcall('STRLEN', id)
    if type(size) == 'number' and size <= tonumber(ARGV[2]) then job = redis.call('GET', id) or '' end
  end
  found[#found + 1] = {
    waiting, number(redis.pcall('LLEN', KEYS[i + 1])), number(redis.pcall('ZCARD', KEYS[i + 2])),
    number(redis.pcall('ZCOUNT', KEYS[i + 3], ARGV[1], '+inf')), job,
  }
end
return found
