-- One job whole.  KEYS[1]: the queue's meta key.  ARGV: id.
-- returns {} when unknown, else {{record flat}, payload, error detail, result, checkpoint bytes, lease end (ms, '')}.
local id = ARGV[1]
local record = rc('HGETALL', J(id))
if #record == 0 then return {} end
return { record, rc('GET', P .. 'p:' .. id) or '', rc('GET', P .. 'e:' .. id) or '', rc('GET', P .. 'r:' .. id) or '',
  rc('STRLEN', P .. 'k:' .. id), rc('ZSCORE', P .. 'lease', id) or '' }
