-- The newest operations with some of their fields.
-- KEYS: operations, or the open ones
-- ARGV: beginning of an operation's key, how many come before, how many are wanted (at most 1,000), names of fields
-- returns {operations in all, {rows {id, created (unix ms), {values}}}}
local listed = redis.call('ZREVRANGE', KEYS[1], ARGV[2], ARGV[2] + math.min(1000, ARGV[3]) - 1, 'WITHSCORES')
local rows = {}
for i = 1, #listed, 2 do
  rows[#rows + 1] = { listed[i], listed[i + 1], redis.call('HMGET', ARGV[1] .. listed[i], unpack(ARGV, 4)) }
end
return { redis.call('ZCARD', KEYS[1]), rows }
