-- Those of many jobs that may have failed.
-- KEYS: the jobs. ARGV: most bytes of one, and after how many no more are read.
-- returns {how many were looked at, key, job, key, job, …}
local found, left = {#KEYS}, tonumber(ARGV[2])
for i = 1, #KEYS do
  if left <= 0 then found[1] = i - 1; break end
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 and size <= tonumber(ARGV[1]) then
    left = left - size
    local job = redis.call('GET', KEYS[i])
    if string.find(job, '"failed"', 1, true) or string.find(job, '"swept"', 1, true) then
      found[#found + 1] = KEYS[i]
      found[#found + 1] = job
    end
  end
end
return found
