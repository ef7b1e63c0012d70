-- Pause, resume or cancel an operation.  KEYS[1]: the queue's meta key.  ARGV: operation id, pause|resume|cancel.
-- returns its state, or `missing`; what is over stays as it is.
local op, verb = P .. 'op:' .. ARGV[1], ARGV[2]
dirty()
local o = rc('HMGET', op, 'state', 'was')
local runs = o[1] == 'running' or o[1] == 'canary'
if verb == 'pause' and runs then rc('HSET', op, 'state', 'paused', 'was', o[1])
elseif verb == 'resume' and o[1] == 'paused' then rc('HSET', op, 'state', o[2], 'lts', INT(NOW))
elseif verb == 'cancel' and (runs or o[1] == 'paused') then
  rc('HSET', op, 'state', 'cancelled'); rc('ZREM', P .. 'ops', ARGV[1]); rc('EXPIRE', op, 2592000)
else return o[1] or 'missing' end
return rc('HGET', op, 'state')
