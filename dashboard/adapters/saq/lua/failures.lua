-- Those of many jobs that may have failed.
-- KEYS: the jobs. ARGV: most bytes of one.
-- returns {key, job, key, job, …}
local found = {}
for i = 1, #KEYS do
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then
    local job = redis.call('GET', KEYS[i])
    if string.find(job, '"status":%s*"failed"') or string.find(job, '"error":%s*"swept"') then
      found[#found + 1] = KEYS[i]
      found[#found + 1] = job
    end
  end
end
return found
