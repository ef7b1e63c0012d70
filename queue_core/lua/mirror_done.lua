-- The product has followed: noted jobs of an operation are no longer held for it.  KEYS[1]: the queue's meta key.
-- ARGV: opid, ids.
-- returns how many were noted.
local n = 0
for i = 2, #ARGV do
  rc('HDEL', J(ARGV[i]), 'io')
  n = n + rc('LREM', P .. 'in:' .. ARGV[1], 1, ARGV[i])
end
return n
