-- Forget a schedule that no application registers any more; its jobs stay.  KEYS[1]: the queue's meta key.
-- ARGV: name, for how long (ms) it must not have been registered.
-- returns {changed 0|1, deleted | missing | registered}.
local name = ARGV[1]
local h = P .. 'cr:' .. name
dirty()
if not rc('ZSCORE', P .. 'cr', name) then return { 0, 'missing' } end
if tonumber(rc('HGET', h, 'seen') or '0') > NOW - tonumber(ARGV[2]) then return { 0, 'registered' } end
rc('ZREM', P .. 'cr', name)
rc('UNLINK', h, P .. 'crh:' .. name)
return { 1, 'deleted' }
