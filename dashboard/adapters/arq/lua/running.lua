-- Jobs of a queue that run.
-- KEYS: the queue. ARGV: milliseconds now, most due jobs that are asked, what the key of one that runs begins with.
-- returns their ids.
local first = redis.pcall('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if first.err then return {} end
local found = {}
for _, id in ipairs(first) do
  if redis.call('EXISTS', ARGV[3] .. id) == 1 then found[#found + 1] = id end
end
return found
