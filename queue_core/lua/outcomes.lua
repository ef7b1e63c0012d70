-- What became of the jobs that operations requeued.  KEYS[1]: the queue's meta key.  ARGV: operation ids (at most 100).
-- returns {rows {kind, done, succeeded, failed the same way, in a new way, cancelled, taken back, not started,
--   {flat error group, count of the new errors}}}, in the order of the ids; the kind is '' of one that is not known.
local rows = {}
for i = 1, math.min(#ARGV, 100) do
  local op, errors = P .. 'op:' .. ARGV[i], {}
  local o = rc('HMGET', op, 'kind', 'done', 'o_s', 'o_same', 'o_new', 'o_x', 'o_u')
  if o[5] then
    local all = rc('HGETALL', op)        -- fewer than 60 fields
    for f = 1, #all, 2 do
      if string.sub(all[f], 1, 2) == 'e|' then errors[#errors + 1] = string.sub(all[f], 3); errors[#errors + 1] = all[f + 1] end
    end
  end
  for f = 1, 7 do o[f] = o[f] or (f == 1 and '' or '0') end
  o[8], o[9] = rc('ZCARD', P .. 'oq:' .. ARGV[i]), errors
  rows[i] = o
end
return rows
