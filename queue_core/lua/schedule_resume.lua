-- Let a paused schedule fire again, from its next instant on: nothing of the pause is caught up.
-- KEYS[1]: the queue's meta key.  ARGV: name, next(ms, 0 when not known: a scheduler gives it at its next round).
-- returns {changed 0|1, active | missing}.
local name, nxt = ARGV[1], tonumber(ARGV[2])
dirty()
if not rc('ZSCORE', P .. 'cr', name) then return { 0, 'missing' } end
if rc('HDEL', P .. 'cr:' .. name, 'paused') == 0 then return { 0, 'active' } end
rc('ZADD', P .. 'cr', nxt > 0 and INT(nxt) or '9000000000000000', name)
return { 1, 'active' }
