-- Add jobs.  KEYS[1]: the queue's meta key.
-- ARGV: n, then 15 per job: id ty v payload pr mr run_at(ms,0) timeout(ms) ukey
--   umode(''|start|end|win) uttl(ms) traceparent backoff(ms,'') expires_at(ms,0) front(0|1)
-- returns n x {code, id}: 1 created, 0 exists (idempotent), -1 unique held by id, -2 queue full
local n = tonumber(ARGV[1])
local boost, maxlen = cfg('boost', 86400000000, 'maxlen', 0)
local len = maxlen > 0 and (rc('ZCARD', P .. 'pend') + rc('ZCARD', P .. 'sch')) or 0
local out = {}
for k = 0, n - 1 do
  local b = 1 + k * 15
  local id, ty = ARGV[b + 1], ARGV[b + 2]
  local pr, ra, u = tonumber(ARGV[b + 5]), tonumber(ARGV[b + 7]), ARGV[b + 9]
  local code, who = 1, id
  if rc('EXISTS', J(id), P .. 't:' .. id) > 0 then code = 0
  elseif maxlen > 0 and len >= maxlen then code = -2
  elseif u ~= '' then
    local h = rc('GET', P .. 'u:' .. u)
    if h then code = -1; who = h end
  end
  if code == 1 then
    local later, s = ra > NOW, nil
    if not later then
      s = hlc() - pr * boost
      if ARGV[b + 15] == '1' then
        local f = rc('ZRANGE', P .. 'pend', 0, 0, 'WITHSCORES')
        if f[2] and tonumber(f[2]) - 1 < s then s = tonumber(f[2]) - 1 end
      end
    end
    local h = new_record(b + 1, later and 's0' or 'p', later and 'ra' or 'sc', later and ra or s)
    rc('HSET', J(id), unpack(h))                       -- deny-oom: refuses before any write
    rc('SET', P .. 'p:' .. id, ARGV[b + 4])
    lock_unique(b + 1)
    if later then
      rc('ZADD', P .. 'sch', INT(ra), id); mat(ty, 's0', 1)
      if rc('ZRANK', P .. 'sch', id) == 0 then wakes = math.max(wakes, 1) end   -- someone must shorten its sleep
    else topend(id, ty, s, true) end
    bump('e', 1); len = len + 1
  end
  out[k + 1] = { code, who }
end
flush()
return out
