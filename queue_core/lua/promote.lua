-- Make a scheduled or retrying job pending now.  KEYS[1]: the queue's meta key.  ARGV: id.
-- returns {changed 0|1, state letter | missing}.
local id = ARGV[1]
dirty()
local r = read_job(id)
if r[1] ~= 's0' and r[1] ~= 'r' then return { 0, r[1] or 'missing' } end
rc('ZREM', P .. ZOF[r[1]], id)
mat(r[2], r[1], -1)
topend(id, r[2], hlc() - tonumber(r[7]) * boost())
return changed('p')
