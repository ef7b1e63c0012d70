-- Tasks in whose bytes an id stands, or whose SHA-1 it is, and compressed ones, in which it is not to be seen.
-- KEYS: what waits, what is to run later.
-- ARGV: the id, how many from either end are looked at, most bytes that are, most compressed ones that are given.
-- returns for each {`queue` or `schedule`, how many bytes stand before the task, bytes}.
local found, left, compressed = {}, tonumber(ARGV[3]), tonumber(ARGV[4])

local function look(place, lead, command, key, first, last)
  for start = first, last, 100 do
    if left <= 0 then return end
    for _, raw in ipairs(redis.call(command, key, start, math.min(start + 99, last))) do
      left = left - #raw
      local byte = string.byte(raw, lead + 1)
      local named = string.find(raw, ARGV[1], 1, true)
      if named or #ARGV[1] == 40 and redis.sha1hex(string.sub(raw, lead + 1)) == ARGV[1] then found[#found + 1] = {place, lead, raw}
      elseif (byte == 31 or byte == 120) and compressed > 0 then
        compressed = compressed - 1
        found[#found + 1] = {place, lead, raw}
      end
    end
  end
end

local function both(place, key)
  local is = redis.call('TYPE', key).ok
  if is ~= 'list' and is ~= 'zset' then return end
  local lead = place == 'queue' and is == 'zset' and 8 or 0
  local command = is == 'list' and 'LRANGE' or 'ZRANGE'
  local length, reach = redis.call(is == 'list' and 'LLEN' or 'ZCARD', key), tonumber(ARGV[2])
  look(place, lead, command, key, 0, math.min(reach, length) - 1)
  if length > reach then look(place, lead, command, key, math.max(reach, length - reach), length - 1) end
end

both('queue', KEYS[1])
both('schedule', KEYS[2])
return found
