-- Put one dead letter at the end of its queue.  KEYS[1]: the queue's meta key.  ARGV: id.
-- returns {changed 0|1, state letter | missing | conflict}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 'd' then return { 0, r[1] or 'missing' } end
if not requeue(id, r, nil) then return { 0, 'conflict' } end
return changed('p')
