-- Numbers of queues.
-- KEYS: for each queue the start of its keys (`bull:paint:`).
-- returns for each {version, paused, waiting, waiting while paused, prioritized, active, delayed, completed, failed,
-- when the next one was added (ms)}; false where a key is damaged.
local function asked(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then return false end
  return reply
end

local rows = {}
for i, base in ipairs(KEYS) do
  local meta = asked('HMGET', base .. 'meta', 'version', 'paused') or { false, false }
  local row = { meta[1], meta[2] and 1 or 0 }
  for _, list in ipairs({ 'wait', 'paused' }) do row[#row + 1] = asked('LLEN', base .. list) end
  row[#row + 1] = asked('ZCARD', base .. 'prioritized')
  row[#row + 1] = asked('LLEN', base .. 'active')
  for _, set in ipairs({ 'delayed', 'completed', 'failed' }) do row[#row + 1] = asked('ZCARD', base .. set) end
  local first = asked('LINDEX', base .. 'wait', -1)
  row[#row + 1] = first and asked('HGET', base .. first, 'timestamp')
  rows[i] = row
end
return rows
