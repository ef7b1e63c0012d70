-- Messages that brokers have fetched from a queue and not acknowledged.
-- KEYS: heartbeats. ARGV: what sets of fetched ids begin with, the queue, most brokers asked, most ids.
-- returns {id, broker, id, broker, …}
local brokers = redis.pcall('ZREVRANGE', KEYS[1], 0, ARGV[3] - 1)
if brokers.err then return {} end
local found, left = {}, tonumber(ARGV[4])
for _, broker in ipairs(brokers) do
  if left <= 0 then break end
  local ids = redis.pcall('SRANDMEMBER', ARGV[1] .. broker .. '.' .. ARGV[2], left)
  if not ids.err then
    for _, id in ipairs(ids) do
      found[#found + 1] = id
      found[#found + 1] = broker
    end
    left = left - #ids
  end
end
return found
