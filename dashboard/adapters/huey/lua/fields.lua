-- Names of some of a hash of results. A server that cannot leave their values out reads them, and tells none of them.
-- KEYS: the hash. ARGV: cursor, how many are looked at. returns {cursor, field, field, …}
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return {'0'} end
local found, step = {}, 1
local reply = redis.pcall('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2], 'NOVALUES')
if reply.err then
  reply, step = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2]), 2
end
found[1] = reply[1]
for i = 1, #reply[2], step do found[#found + 1] = reply[2][i] end
return found
