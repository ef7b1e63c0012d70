-- Requeue one dead letter with other arguments; the earlier ones are kept.  KEYS[1]: the queue's meta key.
-- ARGV: id, payload, error detail ('' or absent: it stays), what was seen of it as `<ds>.<ed>` ('' or absent: anything).
-- returns {changed 0|1, state letter | missing | conflict | other (it died or was edited since it was seen)}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 'd' then return { 0, r[1] or 'missing' } end
local seen = ARGV[4] or ''
if seen ~= '' and seen ~= r[8] .. '.' .. (rc('HGET', J(id), 'ed') or '0') then return { 0, 'other' } end
if not requeue(id, r, nil, 'e') then return { 0, 'conflict' } end
keep_arguments(id)
rc('SET', P .. 'p:' .. id, ARGV[2])
if ARGV[3] and ARGV[3] ~= '' then rc('SET', P .. 'e:' .. id, ARGV[3]) end
rc('HINCRBY', J(id), 'ed', 1)
return changed('p')
