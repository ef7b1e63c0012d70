-- Move one dead or waiting job into the trash.  KEYS[1]: the queue's meta key.  ARGV: id.
-- returns {changed 0|1, state letter | missing}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 'd' and not ZOF[r[1]] then return { 0, r[1] or 'missing' } end
trash(id, r, 'one')
return changed('t')
