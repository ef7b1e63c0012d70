-- Members of the dead set by score and a part of their text.
-- KEYS: the set. ARGV: in turn score and text. returns for each the member, or false.
local found = {}
for i = 1, #ARGV, 2 do
  found[#found + 1] = false
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[i], ARGV[i], 'LIMIT', 0, 100)) do
    if string.find(member, ARGV[i + 1], 1, true) then found[#found] = member; break end
  end
end
return found
