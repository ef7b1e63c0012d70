-- Fire one occurrence of a schedule.  KEYS[1]: the queue's meta key.
-- ARGV: name, expected_next(ms), new_next(ms or -1), then 1 job as in enqueue (15 fields), fired_for(ms, 0 none), missed(n).
-- returns {code, extra}: 1 fired | 0 lost the race / changed / paused | -1 not due yet (extra = ms left) |
--   2 nothing to run (job exists, or none is wanted), schedule advanced | 3 its unique key is held, skipped and advanced
local name, exp, nxt = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local cur = rc('ZSCORE', P .. 'cr', name)
if not cur or tonumber(cur) ~= exp or exp <= 0 then return { 0, 0 } end
if exp > NOW then return { -1, exp - NOW } end
local h, id, u, ff, missed = P .. 'cr:' .. name, ARGV[4], ARGV[12], tonumber(ARGV[19]), tonumber(ARGV[20])
local last = tonumber(rc('HGET', h, 'last') or '0')
local code = 1
if ff <= last or rc('EXISTS', J(id)) == 1 then code = 2
elseif u ~= '' and rc('EXISTS', P .. 'u:' .. u) == 1 then code = 3 end
if code == 1 then
  fire(name, 4, ff, 's')
  rc('HSET', h, 'last', INT(ff), 'last_at', INT(NOW), 'last_job', id)
  rc('HINCRBY', h, 'n', 1)
elseif code == 3 then
  rc('HSET', h, 'skip_at', INT(NOW)); rc('HINCRBY', h, 'skipped', 1)
end
if missed > 0 then rc('HSET', h, 'missed_at', INT(NOW)); rc('HINCRBY', h, 'missed', INT(missed)) end
rc('ZADD', P .. 'cr', nxt > 0 and INT(nxt) or '9000000000000000', name)
flush()
return { code, 0 }
