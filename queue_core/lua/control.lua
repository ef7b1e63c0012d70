-- One change of the queue, of an operation or of a job.  KEYS[1]: the queue's meta key.
-- ARGV: verb, args.  pause | resume | set f v ...: returns 1.  op id pause|resume|cancel: returns its state, or `missing`.
--   one job: cancel id | requeue id | purge id | restore id [op] | promote id | edit id payload errblob:
--   returns {changed 0|1, state letter | missing | conflict | requested}.
local v = ARGV[1]
dirty()
if v == 'pause' then rc('HSET', META, 'paused', 1); rc('DEL', P .. 'wake'); return 1
elseif v == 'resume' then rc('HSET', META, 'paused', 0); wakes = rc('ZCARD', P .. 'pend'); flush(); return 1
elseif v == 'set' then rc('HSET', META, unpack(ARGV, 2)); return 1
elseif v == 'op' then
  local op = P .. 'op:' .. ARGV[2]
  local o = rc('HMGET', op, 'state', 'was')
  if ARGV[3] == 'pause' and (o[1] == 'running' or o[1] == 'canary') then rc('HSET', op, 'state', 'paused', 'was', o[1])
  elseif ARGV[3] == 'resume' and o[1] == 'paused' then rc('HSET', op, 'state', o[2], 'lts', INT(NOW))
  elseif ARGV[3] == 'cancel' and (o[1] == 'running' or o[1] == 'canary' or o[1] == 'paused') then
    rc('HSET', op, 'state', 'cancelled'); rc('ZREM', P .. 'ops', ARGV[2]); rc('EXPIRE', op, 2592000)
  else return o[1] or 'missing' end
  return rc('HGET', op, 'state')
end
local id = ARGV[2]
local r = rc('HMGET', J(id), 'st', 'ty', 'un', 'um', 'ca', 'fp', 'pr', 'ds', 'op')
local st = r[1]
if not st then return { 0, 'missing' } end
local ret = st
if v == 'cancel' then
  local age, cap = cfg('cx_age', 86400000, 'cx_cap', 1000)
  if ZOF[st] then
    rc('ZREM', P .. ZOF[st], id); mat(r[2], st, -1)
    if r[9] then rc('ZREM', P .. 'oq:' .. r[9], id) end
    finish_job(id, 'x', r[2], r[3], age, cap, tonumber(r[5]), r[9] or nil); ret = 'x'
  elseif st == 'a' then rc('HSET', J(id), 'cx', 1); ret = 'requested' end
elseif v == 'requeue' or v == 'edit' then
  if st == 'd' then
    if requeue(id, r, nil) then
      ret = 'p'
      if v == 'edit' then rc('SET', P .. 'p:' .. id, ARGV[3]); rc('SET', P .. 'e:' .. id, ARGV[4]); rc('HINCRBY', J(id), 'ed', 1) end
    else ret = 'conflict' end
  end
elseif v == 'purge' then
  if st == 'd' or ZOF[st] then trash(id, r, 'one'); ret = 't' end
elseif v == 'restore' then
  if st == 't' then ret = restore(id, r, ARGV[3] or 'one') and rc('HGET', J(id), 'st') or 'conflict' end
elseif v == 'promote' then
  if st == 's0' or st == 'r' then
    rc('ZREM', P .. ZOF[st], id); mat(r[2], st, -1)
    topend(id, r[2], hlc() - tonumber(r[7]) * cfg('boost', 86400000000)); ret = 'p'
  end
end
flush()
return { ret ~= st and ret ~= 'conflict' and 1 or 0, ret }
