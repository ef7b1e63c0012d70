-- Take one job out of the trash to where it was.  KEYS[1]: the queue's meta key.
-- ARGV: id, trash it lies in when its record does not say (absent: `one`).
-- returns {changed 0|1, state letter | missing | conflict}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 't' then return { 0, r[1] or 'missing' } end
if not restore(id, r, ARGV[2] or 'one') then return { 0, 'conflict' } end
return changed(rc('HGET', J(id), 'st'))
