-- Run a schedule's job now, besides its instants, which stay.  KEYS[1]: the queue's meta key.
-- ARGV: name, then 1 job as in enqueue (15 fields).
-- returns {code, id}: 1 enqueued | 0 that job exists | -1 its unique key is held by that job | -2 no such schedule
local name, id, u = ARGV[1], ARGV[2], ARGV[10]
if not rc('ZSCORE', P .. 'cr', name) then return { -2, '' } end
if rc('EXISTS', J(id), P .. 't:' .. id) > 0 then return { 0, id } end
local holder = u ~= '' and rc('GET', P .. 'u:' .. u)
if holder then return { -1, holder } end
fire(name, 2, NOW, 'n')
flush()
return { 1, id }
