-- Messages of a list from one place to another; of a large one only its end, where the headers are.
-- KEYS: list.  ARGV: first place, last place (as LRANGE), bytes of a message that is read whole at most, bytes of the
-- end of a larger one.
-- returns for each {size, bytes}.
local found = redis.pcall('LRANGE', KEYS[1], ARGV[1], ARGV[2])
if found.err then return {} end
local whole, ending = tonumber(ARGV[3]), tonumber(ARGV[4])
local replies = {}
for i = 1, #found do
  local size = #found[i]
  replies[i] = { size, size > whole and string.sub(found[i], -ending) or found[i] }
end
return replies
