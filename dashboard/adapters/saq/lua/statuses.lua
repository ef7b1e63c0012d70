-- What jobs do.
-- KEYS: the jobs. ARGV: most bytes of one that is read.
-- returns for each {status, swept}: empty when there is none, `?` when it cannot be read; swept is `swept` or empty.
local found = {}
for i = 1, #KEYS do
  local status, swept = '', ''
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 then
    status = '?'
    if size <= tonumber(ARGV[1]) then
      local fine, job = pcall(cjson.decode, redis.call('GET', KEYS[i]))
      if fine and type(job) == 'table' and type(job.status) == 'string' then
        status = job.status
        swept = job.error == 'swept' and 'swept' or ''
      end
    end
  end
  found[i] = {status, swept}
end
return found
