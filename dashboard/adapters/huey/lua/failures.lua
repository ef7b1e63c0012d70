-- Some of a hash of results: those that hold an error, and compressed ones, in which that is not to be seen.
-- KEYS: the hash. ARGV: cursor, how many are looked at, most bytes of one.
-- returns {cursor, field, result, field, result, …}
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return {'0'} end
local reply = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local found = {reply[1]}
for i = 1, #reply[2], 2 do
  local result = reply[2][i + 1]
  local byte = string.byte(result, 1)
  local meant = byte == 31 or byte == 120 or string.find(result, 'huey.utils', 1, true)
  if meant and #result <= tonumber(ARGV[3]) then
    found[#found + 1] = reply[2][i]
    found[#found + 1] = result
  end
end
return found
