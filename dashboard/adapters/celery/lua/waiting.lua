-- Which messages lie in a list or are held by a worker, told by their delivery tags.
-- KEYS: 1 list, 2 unacked.  ARGV: 1 how many messages are looked at from each end, then delivery tags.
-- returns {whether all of the list was looked at, for each tag `w` in the list, `h` held, `` neither}.
local most, length = tonumber(ARGV[1]), redis.pcall('LLEN', KEYS[1])
if type(length) ~= 'number' then length = 0 end
local tags = {}

local function look(first, last)
  local found = redis.call('LRANGE', KEYS[1], first, last)
  for i = 1, #found do
    local _, after = string.find(found[i], '"delivery_tag":', 1, true)
    local tag = after and string.match(found[i], '^ ?"([^"]+)"', after + 1)
    if tag then tags[tag] = true end
  end
end

if length > 0 then look(0, most - 1) end
if length > most then look(math.max(most, length - most), -1) end
local answers = { length <= 2 * most and 1 or 0 }
for i = 2, #ARGV do
  local held = redis.pcall('HEXISTS', KEYS[2], ARGV[i])
  answers[i] = tags[ARGV[i]] and 'w' or held == 1 and 'h' or ''
end
return answers
