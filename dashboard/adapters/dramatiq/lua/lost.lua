-- How many fetched messages of each queue belong to brokers that nothing is heard of.
-- KEYS: heartbeats. ARGV: what sets of fetched ids begin with, milliseconds before which a broker is lost, most brokers
-- asked, then queues.
-- returns a number for each queue; nothing when there are more such brokers.
local brokers = redis.pcall('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3] + 1)
if brokers.err or #brokers > tonumber(ARGV[3]) then return {} end
local found = {}
for i = 4, #ARGV do
  local count = 0
  for _, broker in ipairs(brokers) do
    local got = redis.pcall('SCARD', ARGV[1] .. broker .. '.' .. ARGV[i])
    count = count + (type(got) == 'number' and got or 0)
  end
  found[#found + 1] = count
end
return found
