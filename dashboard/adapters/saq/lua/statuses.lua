-- What jobs do.
-- KEYS: the jobs. ARGV: most bytes of one that is read, and after how many no more are.
-- returns {how many were looked at, for each {status, swept}}: empty when there is none, `?` when it cannot be read; swept is `swept` or empty.
local found, left = {#KEYS}, tonumber(ARGV[2])
for i = 1, #KEYS do
  if left <= 0 then found[1] = i - 1; break end
  local status, swept = '', ''
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 then
    status = '?'
    if size <= tonumber(ARGV[1]) then
      left = left - size
      local fine, job = pcall(cjson.decode, redis.call('GET', KEYS[i]))
      if fine and type(job) == 'table' and type(job.status) == 'string' then
        status = job.status
        swept = job.error == 'swept' and 'swept' or ''
      end
    end
  end
  found[i + 1] = {status, swept}
end
return found
