-- Where messages are.
-- KEYS: messages, delayed messages, dead messages, dead ids, heartbeats.
-- ARGV: what sets of fetched ids begin with, the queue, most brokers asked, then ids.
-- returns for each {place, broker}: dead, delayed, fetched, waiting or an empty place.
local function has(key, id)
  return redis.pcall('HEXISTS', key, id) == 1
end
local brokers = redis.pcall('ZREVRANGE', KEYS[5], 0, ARGV[3] - 1)
if brokers.err then brokers = {} end
local found = {}
for i = 4, #ARGV do
  local id, place, by = ARGV[i], '', ''
  local score = redis.pcall('ZSCORE', KEYS[4], id)
  if (type(score) == 'string' or type(score) == 'number') and has(KEYS[3], id) then place = 'dead'
  elseif has(KEYS[2], id) then place = 'delayed'
  elseif has(KEYS[1], id) then
    place = 'waiting'
    for _, broker in ipairs(brokers) do
      if redis.pcall('SISMEMBER', ARGV[1] .. broker .. '.' .. ARGV[2], id) == 1 then
        place, by = 'fetched', broker
        break
      end
    end
  end
  found[#found + 1] = {place, by}
end
return found
