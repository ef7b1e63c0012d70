-- Stop a schedule from firing; everything else of it is kept.  KEYS[1]: the queue's meta key.  ARGV: name.
-- returns {changed 0|1, paused | missing}.
local name = ARGV[1]
local h = P .. 'cr:' .. name
dirty()
if not rc('ZSCORE', P .. 'cr', name) then return { 0, 'missing' } end
if rc('HSETNX', h, 'paused', INT(NOW)) == 0 then return { 0, 'paused' } end
rc('ZADD', P .. 'cr', '0', name)   -- no scheduler looks for it there, and who is about to fire it loses the race
return { 1, 'paused' }
