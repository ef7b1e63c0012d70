-- One job moved by hand or by an operation: requeue, trash, restore, undo.
local function requeue(id, r, op, what)   -- r: st ty un um ca fp pr ds _ rn ch;  d -> p
  if lock_again(id, r[3], r[4]) then return false end
  undead(id, r[2], r[6])
  local score = hlc() - tonumber(r[7]) * boost()
  rc('HINCRBY', J(id), 'rq', 1); rc('HDEL', J(id), 'ex', 'fa')
  local set = { 'st', 'p', 'sc', INT(score), 'at', 0, 'cr', 0, 'rr', r[10], 'ch', noted(r[11], what or 'r'), op and 'op', op }
  rc('HSET', J(id), unpack(set, 1, op and 14 or 12))
  if op then rc('ZADD', P .. 'oq:' .. op, r[8], id) end
  topend(id, r[2], score, true); bump('dq', 1)
  return true
end

local function trash(id, r, op)       -- d p s0 r -> t, restorable until the trash is emptied
  local st = r[1]
  local q = rc('HGET', J(id), 'op')
  if q then rc('ZREM', P .. 'oq:' .. q, id); rc('HDEL', J(id), 'op'); outcome(q, 'o_x') end
  if st == 'd' then undead(id, r[2], r[6]); bump('dp', 1)
  else rc('ZREM', P .. ZOF[st], id); mat(r[2], st, -1); free_unique(id, r[3]); bump('pp', 1) end
  rc('ZADD', P .. 'tr:' .. op, INT(hlc()), id); rc('ZADD', P .. 'trl', 'NX', INT(NOW), op)
  rc('HSET', J(id), 'st', 't', 'ts', st, 'tr', op); mat(r[2], 't', 1)
end

local function restore(id, r, op)     -- t -> where it was; the record names its trash, `op` is for records that do not
  local was = rc('HMGET', J(id), 'ts', 'tr')
  local ts = was[1]
  op = was[2] or op
  if not rc('ZSCORE', P .. 'tr:' .. op, id) or ts ~= 'd' and lock_again(id, r[3], r[4]) then return false end
  rc('ZREM', P .. 'tr:' .. op, id); rc('HDEL', J(id), 'ts', 'tr'); mat(r[2], 't', -1)
  if ts == 'd' then rc('HSET', J(id), 'st', 'd', 'ba', INT(hlc())); dead_index(id, r[2], r[6], r[8]); bump('dr', 1)
  elseif ts == 'p' then topend(id, r[2], tonumber(rc('HGET', J(id), 'sc'))); bump('pr', 1)
  else rc('HSET', J(id), 'st', ts); rc('ZADD', P .. ZOF[ts], rc('HGET', J(id), 'ra'), id); mat(r[2], ts, 1); bump('pr', 1) end
  return true
end

local function unqueue(id, r, op)     -- undo of a requeue that has not started: p -> d, old place
  if r[1] ~= 'p' then return false end
  rc('ZREM', P .. 'pend', id); mat(r[2], 'p', -1); free_unique(id, r[3])
  if op then rc('ZREM', P .. 'oq:' .. op, id) end
  rc('HDEL', J(id), 'op', 'rr')
  rc('HSET', J(id), 'st', 'd', 'fa', INT(math.floor(tonumber(r[8]) / 1000)), 'ch', noted(r[11], 'u'), 'ba', INT(hlc()))
  rc('HINCRBY', J(id), 'rq', -1); outcome(op, 'o_u')
  dead_index(id, r[2], r[6], r[8]); bump('uq', 1)
  return true
end
