-- The newest messages.
-- KEYS: the delivery log
-- ARGV: beginning of a message's key, how many are wanted (at most 1,000)
-- returns rows {id, {record flat}}
local listed = redis.call('ZREVRANGE', KEYS[1], 0, math.min(1000, ARGV[2]) - 1)
local rows = {}
for i = 1, #listed do rows[i] = { listed[i], redis.call('HGETALL', ARGV[1] .. listed[i]) } end
return rows
