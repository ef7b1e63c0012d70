-- Requeue one dead letter with other arguments; the earlier ones are kept.  KEYS[1]: the queue's meta key.
-- ARGV: id, payload, error detail (absent: it stays as it is).
-- returns {changed 0|1, state letter | missing | conflict}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 'd' then return { 0, r[1] or 'missing' } end
if not requeue(id, r, nil) then return { 0, 'conflict' } end
keep_arguments(id)
rc('SET', P .. 'p:' .. id, ARGV[2])
if ARGV[3] then rc('SET', P .. 'e:' .. id, ARGV[3]) end
rc('HINCRBY', J(id), 'ed', 1)
return changed('p')
