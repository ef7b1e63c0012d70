-- The members of sets of bindings, large sets in part.
-- KEYS: sets.  ARGV: 1 members of one set that are read about at most, 2 bytes of a member that is read at most.
-- returns for each its members; nothing for what is no set, or is not there.
local found = {}
for i = 1, #KEYS do
  local read, members = redis.pcall('SSCAN', KEYS[i], 0, 'COUNT', ARGV[1]), {}
  for _, member in ipairs(read.err and {} or read[2]) do
    if #member <= tonumber(ARGV[2]) then members[#members + 1] = member end
  end
  found[i] = members
end
return found
