-- Results of tasks, large ones cut short.
-- KEYS: results.  ARGV: bytes of a value that is read whole at most, bytes of all, of which values only the start is
-- read (0 none, 1 those that are no failures, 2 all whose start tells the status), bytes that are read of a larger one.
-- returns for each key {size, bytes}, size -1 where there is none; fewer than KEYS when there are too many bytes.
local whole, all, starts, cut = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local replies, read = {}, 0

local function value(key)
  local size = redis.pcall('STRLEN', key)
  if type(size) ~= 'number' or size == 0 then return { -1, '' } end
  local start = redis.call('GETRANGE', key, 0, 95)
  local status = string.match(start, '^%s*{"status": ?"([^"]+)"')
  if status and (starts == 2 or starts == 1 and status ~= 'FAILURE') then return { size, start } end
  if size > whole then return { size, redis.call('GETRANGE', key, 0, cut - 1) } end
  return { size, redis.call('GET', key) }
end

for i = 1, #KEYS do
  replies[i] = value(KEYS[i])
  read = read + #replies[i][2]
  if read > all then break end
end
return replies
