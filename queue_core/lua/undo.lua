-- Take back the requeue of one job that has not started: to its old place among the dead letters.
-- KEYS[1]: the queue's meta key.  ARGV: id.
-- returns {changed 0|1, d | state letter | missing | never (it was not requeued) | started (it ran since)}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 'p' then return { 0, r[1] or 'missing' } end
if not r[12] then return { 0, 'never' } end
if r[12] ~= r[10] then return { 0, 'started' } end
unqueue(id, r, r[9] or nil)
return changed('d')
