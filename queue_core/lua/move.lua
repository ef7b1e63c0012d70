-- Take one dead letter, whole, to the end of another queue.  KEYS[1]: the queue's meta key, KEYS[2]: the other's.
-- ARGV: id.  returns {changed 0|1, state letter | missing | same (queue) | exists | conflict (both in the other queue)}.
local id, here, there = ARGV[1], P, string.sub(KEYS[2], 1, -5)
if here == there then return { 0, 'same' } end
dirty()
local r = read_job(id)
if r[1] ~= 'd' then return { 0, r[1] or 'missing' } end
if rc('EXISTS', there .. 'j:' .. id) == 1 then return { 0, 'exists' } end
enter(KEYS[2])
if lock_again(id, r[3], r[4]) then return { 0, 'conflict' } end
enter(KEYS[1])
undead(id, r[2], r[6])
bump('dq', 1); bump('mo', 1)
flush()
for _, kind in ipairs({ 'j:', 'p:', 'e:', 'r:', 'k:', 'b:' }) do
  if rc('EXISTS', here .. kind .. id) == 1 then rc('RENAME', here .. kind .. id, there .. kind .. id) end
end
if NOW - tonumber(r[5]) < 15000 then rc('SET', here .. 't:' .. id, '1', 'PX', 15000) end
enter(KEYS[2])
rc('HSET', J(id), 'at', 0, 'cr', 0, 'ch', noted(r[11], 'm'), 'mv', string.match(here, '{q:(.-)}:$'))
rc('HINCRBY', J(id), 'rq', 1)
rc('HDEL', J(id), 'ex', 'fa', 'rr', 'tok', 'dl')     -- token and requeue mean nothing in this queue
topend(id, r[2], hlc() - tonumber(r[7]) * boost())
bump('mi', 1)
return changed('p')
