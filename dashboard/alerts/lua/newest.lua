-- Messages of a list, the newest first.
-- KEYS: the delivery log, or the dead deliveries
-- ARGV: prefix of a delivery's key, how many are wanted, channel ('' any), result ('' any), id after which to begin ('' at
--       the first), how many are looked at, alert that they tell of ('' any)
-- returns {id after which there may be more or '', rows {id, {values of the fields below}}}
local fields = { 'channel', 'rule', 'type', 'result', 'attempts', 'created', 'next', 'finished', 'status', 'error', 'seconds',
  'count', 'where' }
local start = 0
if ARGV[5] ~= '' then
  local rank = redis.call('ZREVRANK', KEYS[1], ARGV[5])
  if not rank then return { '', {} } end
  start = rank + 1
end
local most = tonumber(ARGV[6])
local listed, rows = redis.call('ZREVRANGE', KEYS[1], start, start + most - 1), {}
for i = 1, #listed do
  local about = ARGV[7] == '' or redis.call('HEXISTS', ARGV[1] .. listed[i], 'e:' .. ARGV[7]) == 1
  local row = about and redis.call('HMGET', ARGV[1] .. listed[i], unpack(fields)) or {}
  if row[1] and (ARGV[3] == '' or row[1] == ARGV[3]) and (ARGV[4] == '' or row[4] == ARGV[4]) then
    if #rows == tonumber(ARGV[2]) then return { rows[#rows][1], rows } end
    rows[#rows + 1] = { listed[i], row }
  end
end
return { #listed == most and listed[#listed] or '', rows }
