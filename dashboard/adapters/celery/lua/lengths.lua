-- How many messages lie in lists.  KEYS: lists.  ARGV: none.
-- returns for each its length, -1 where something else lies.
local lengths = {}
for i = 1, #KEYS do
  local length = redis.pcall('LLEN', KEYS[i])
  lengths[i] = type(length) == 'number' and length or -1
end
return lengths
