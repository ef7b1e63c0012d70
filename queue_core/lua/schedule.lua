-- Register a schedule, or change it; what already fired is kept.
-- KEYS[1] meta.  ARGV: name, next(ms), definition (text)
-- returns the next instant (ms): the stored one when the definition is the same
local name, nxt, def = ARGV[1], ARGV[2], ARGV[3]
local h = P .. 'cr:' .. name
local stored = rc('ZSCORE', P .. 'cr', name)
if stored and rc('HGET', h, 'def') == def then return INT(tonumber(stored)) end
rc('HSET', h, 'def', def)
rc('ZADD', P .. 'cr', nxt, name)
return nxt
