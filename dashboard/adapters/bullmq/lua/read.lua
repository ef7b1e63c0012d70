-- Jobs as they are stored.
-- KEYS: for each job the start of its queue's keys. ARGV: bytes up to which a long value is read, 1 to find out the
-- state, then for each job its id.
-- returns for each {state, size of the arguments, name, …}, the fields in the order below; empty for no job.
local function asked(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then return false end
  return reply
end

local SHORT = { 'name', 'timestamp', 'processedOn', 'finishedOn', 'delay', 'priority', 'atm', 'pb', 'rjk', 'parentKey' }
local LONG = { 'opts', 'failedReason', 'data', 'stacktrace', 'returnvalue', 'progress' }

local function state(base, id, job)
  if asked('ZSCORE', base .. 'failed', id) then return 'failed' end
  if asked('ZSCORE', base .. 'completed', id) then return 'completed' end
  if asked('ZSCORE', base .. 'delayed', id) then return 'delayed' end
  if asked('ZSCORE', base .. 'waiting-children', id) then return 'waiting-children' end
  if asked('ZSCORE', base .. 'prioritized', id) then return 'waiting' end
  if asked('EXISTS', job .. ':lock') == 1 then return 'active' end
  if asked('HEXISTS', job, 'processedOn') == 1 and asked('LPOS', base .. 'active', id) then return 'active' end
  return 'waiting'
end

local rows, most = {}, tonumber(ARGV[1])
for i, base in ipairs(KEYS) do
  local id = ARGV[i + 2]
  local job, row = base .. id, {}
  local short = asked('HMGET', job, unpack(SHORT))
  if short and asked('EXISTS', job) == 1 then
    row = { ARGV[2] == '1' and state(base, id, job) or '', asked('HSTRLEN', job, 'data') }
    for n = 1, #SHORT do row[n + 2] = short[n] end
    for _, field in ipairs(LONG) do
      row[#row + 1] = asked('HSTRLEN', job, field) <= most and asked('HGET', job, field)
    end
  end
  rows[i] = row
end
return rows
