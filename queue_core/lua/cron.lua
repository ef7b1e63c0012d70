-- Fire one occurrence of a schedule.  KEYS[1]: the queue's meta key.
-- ARGV: name, expected_next(ms), new_next(ms or -1), then 1 job as in enqueue (15 fields), fired_for(ms), missed(n).
-- returns {code, extra}: 1 fired | 0 lost the race / changed | -1 not due yet (extra = ms left) |
--   2 already fired (job exists), schedule advanced
local name, exp, nxt = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local cur = rc('ZSCORE', P .. 'cr', name)
if not cur or tonumber(cur) ~= exp then return { 0, 0 } end
if exp > NOW then return { -1, exp - NOW } end
local b = 3
local id, ty = ARGV[b + 1], ARGV[b + 2]
local ff = tonumber(ARGV[19])
local h = P .. 'cr:' .. name
local last = tonumber(rc('HGET', h, 'last') or '0')
local code = 1
if ff <= last or rc('EXISTS', J(id)) == 1 then code = 2 end
if code == 1 then
  rc('HSET', J(id), 'st', 'p', 'ty', ty, 'v', ARGV[b + 3], 'pr', ARGV[b + 5], 'mr', ARGV[b + 6],
    'ca', INT(NOW), 'at', 0, 'rn', 0, 'to', ARGV[b + 8], 'cron', name)
  rc('SET', P .. 'p:' .. id, ARGV[b + 4])
  topend(id, ty, hlc() - tonumber(ARGV[b + 5]) * cfg('boost', 86400000000))
  bump('e', 1); bump('cron', 1)
  rc('HSET', h, 'last', INT(ff), 'last_at', INT(NOW), 'last_job', id, 'missed', ARGV[20])
  rc('HINCRBY', h, 'n', 1)
end
if nxt > 0 then rc('ZADD', P .. 'cr', INT(nxt), name) else rc('ZREM', P .. 'cr', name) end
flush()
return { code, 0 }
