-- Cancel a job that waits, or ask one that runs to stop.  KEYS[1]: the queue's meta key.  ARGV: id.
-- returns {changed 0|1, state letter | missing | requested}.
local id = ARGV[1]
dirty()
local r = read_job(id)
local st = r[1]
if st == 'a' then rc('HSET', J(id), 'cx', 1); return { 1, 'requested' } end
if not ZOF[st] then return { 0, st or 'missing' } end
local age, cap = cfg('cx_age', 86400000, 'cx_cap', 1000)
rc('ZREM', P .. ZOF[st], id)
mat(r[2], st, -1)
if r[9] then rc('ZREM', P .. 'oq:' .. r[9], id) end
finish_job(id, 'x', r[2], r[3], age, cap, tonumber(r[5]), r[9] or nil, rc('HGET', J(id), 'cron'))
return changed('x')
