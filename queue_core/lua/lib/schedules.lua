-- Jobs of schedules: how they become pending, and what is remembered of a schedule's latest runs.
-- `crh:<name>` has per job `<fired for, ms> <at, ms> <s by its schedule | n by hand>[ <state at its end> <ms>]`.
local function run_ended(name, id, st)   -- how a schedule's job ended, kept when its record is gone
  local row = name and rc('HGET', P .. 'crh:' .. name, id)
  local kept = row and string.match(row, '^%d+ %d+ %l')
  if kept then rc('HSET', P .. 'crh:' .. name, id, kept .. ' ' .. st .. ' ' .. INT(NOW)) end
end

local function run_began(name, id, instant, how)   -- the newest 20 are remembered
  local h = P .. 'crh:' .. name
  rc('HSET', h, id, INT(instant) .. ' ' .. INT(NOW) .. ' ' .. how)
  if rc('HLEN', h) <= 20 then return end
  local runs, oldest, since = rc('HGETALL', h), nil, nil
  for i = 1, #runs, 2 do
    local at = tonumber(string.match(runs[i + 1], '^%d+ (%d+)') or '0')
    if runs[i] ~= id and (not since or at < since) then oldest, since = runs[i], at end
  end
  rc('HDEL', h, oldest)
end

local function fire(name, b, instant, how)   -- the job in ARGV from b becomes pending
  local id, ty = ARGV[b], ARGV[b + 1]
  local score = hlc() - tonumber(ARGV[b + 4]) * cfg('boost', 86400000000)
  local h = new_record(b, 'p', 'sc', score)
  h[#h + 1] = 'cron'; h[#h + 1] = name
  if how == 'n' then h[#h + 1] = 'ch'; h[#h + 1] = noted(nil, 'n') end
  rc('HSET', J(id), unpack(h))                       -- deny-oom: refuses before any write
  rc('SET', P .. 'p:' .. id, ARGV[b + 3])
  lock_unique(b)
  topend(id, ty, score, true)
  bump('e', 1); bump('cron', 1)
  run_began(name, id, instant, how)
end
