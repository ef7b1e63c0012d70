-- Puts notices into the outbox; the half of apply.lua that knows of deliveries. Comes after lines.lua.
-- KEYS from `key` on: outbox, delivery log, dead deliveries
-- ARGV from `at` on: deliveries kept, prefix of a delivery's key, most alerts in a message,
--       then for each notice: id, channel, rule, type, key, fingerprint, event, seconds to wait for others,
--       what the channel knew of the alert before
-- returns nothing
local function join(prefix, line, most, type, fingerprint, event, before)
  local last = redis.call('LINDEX', line, -1)
  if not last then return false end
  local delivery = prefix .. last
  local known = redis.call('HMGET', delivery, 'attempts', 'frozen', 'count')
  if known[1] ~= '0' or known[2] then return false end
  if redis.call('HEXISTS', delivery, 'e:' .. fingerprint) == 0 then
    if tonumber(known[3]) >= most then return false end
    redis.call('HINCRBY', delivery, 'count', 1)
  end
  redis.call('HSET', delivery, 'type', type, 'e:' .. fingerprint, event)
  redis.call('HSETNX', delivery, 'b:' .. fingerprint, before)
  return true
end

-- The log keeps the newest; a message still to be sent, or given up, is never dropped.
local function shorten(log, dead, prefix, kept)
  local excess = math.min(50, redis.call('ZCARD', log) - kept)
  if excess <= 0 then return end
  for _, old in ipairs(redis.call('ZRANGE', log, 0, 199)) do
    local result = redis.call('HGET', prefix .. old, 'result')
    if excess > 0 and result ~= 'waiting' and result ~= 'retrying' then
      redis.call('ZREM', log, old)
      if not redis.call('ZSCORE', dead, old) then redis.call('DEL', prefix .. old) end
      excess = excess - 1
    end
  end
end

-- The queue that an event is about, or its source.
local function place(event)
  local read, told = pcall(cjson.decode, event)
  local data = read and type(told) == 'table' and told.data
  if type(data) ~= 'table' then return '' end
  if type(data.queue) == 'string' and data.queue ~= '' then return data.queue end
  return type(data.source) == 'string' and data.source or ''
end

local function post(now, key, at)
  local outbox, log = KEYS[key], KEYS[key + 1]
  local kept, prefix, most = tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2])
  for each = at + 3, #ARGV, 9 do
    local id, channel, rule, type, group, fingerprint, event, wait, before = unpack(ARGV, each, each + 8)
    if not join(prefix, outbox .. ':line:' .. channel .. '|' .. group, most, type, fingerprint, event, before) then
      local due = string.format('%.3f', tonumber(now) + tonumber(wait))
      redis.call('HSET', prefix .. id, 'channel', channel, 'rule', rule, 'type', type, 'key', group, 'e:' .. fingerprint, event,
        'b:' .. fingerprint, before, 'where', place(event), 'count', 1, 'result', 'waiting', 'attempts', 0, 'created', now, 'next', due)
      redis.call('ZADD', log, milliseconds(now), id)
      append(outbox, channel, group, id, milliseconds(due))
      schedule(outbox, channel)
    end
  end
  shorten(log, KEYS[key + 2], prefix, kept)
end
