-- Messages in which an id stands, or whose SHA-1 it is.
-- KEYS: the queue. ARGV: the id, group of the workers, entry that was fetched last, how many are looked at, most bytes that
-- are. returns for each {`waiting` or `running`, entry, message, consumer, milliseconds since it was fetched}.
local found, left, reach = {}, tonumber(ARGV[5]), tonumber(ARGV[4])

local function look(place, entry, raw, consumer, idle)
  left = left - #raw
  if string.find(raw, ARGV[1], 1, true) or #ARGV[1] == 40 and redis.sha1hex(raw) == ARGV[1] then
    found[#found + 1] = {place, entry, raw, consumer, idle}
  end
end

local function listed(first, last)
  for start = first, last, 100 do
    if left <= 0 then return end
    for _, raw in ipairs(redis.call('LRANGE', KEYS[1], start, math.min(start + 99, last))) do look('waiting', '', raw, '', 0) end
  end
end

local is = redis.call('TYPE', KEYS[1]).ok
if is == 'list' then
  local length = redis.call('LLEN', KEYS[1])
  listed(math.max(0, length - reach), length - 1)
  if length > reach then listed(0, math.min(reach, length - reach) - 1) end
elseif is == 'stream' then
  local held = ARGV[2] ~= '' and redis.call('XPENDING', KEYS[1], ARGV[2], '-', '+', reach) or {}
  for _, one in ipairs(held) do
    if left <= 0 then break end
    local entry = redis.call('XRANGE', KEYS[1], one[1], one[1])[1]
    if entry then look('running', one[1], entry[2][2], one[2], one[3]) end
  end
  local after = ARGV[3]
  for _ = 1, reach, 100 do
    local entries = left > 0 and redis.call('XRANGE', KEYS[1], '(' .. after, '+', 'COUNT', 100) or {}
    for _, entry in ipairs(entries) do look('waiting', entry[1], entry[2][2], '', 0) end
    if #entries < 100 then break end
    after = entries[#entries][1]
  end
end
return found
