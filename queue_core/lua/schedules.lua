-- Schedules with their latest runs.  KEYS[1]: the queue's meta key.
-- ARGV: runs of each (0..20), bytes wanted at most of each payload, then names (at most 200).
-- returns {now ms, last heard of a scheduler (ms, ''), {rows {name, next ms, {fields flat}, payload size, payload,
--   {runs {job id, what is remembered, state letter now}}}}}; the newest run first, unknown schedules are left out.
local wanted, most, rows = math.min(20, tonumber(ARGV[1])), tonumber(ARGV[2]), {}
local names = { 'trg', 'def', 'seen', 'paused', 'last', 'last_at', 'last_job', 'n', 'missed', 'missed_at', 'skipped', 'skip_at' }
local function runs_of(name)
  local h, found = P .. 'crh:' .. name, {}
  if wanted == 0 or rc('HLEN', h) > 64 then return found end   -- so many are none of ours
  local all = rc('HGETALL', h)
  for i = 1, #all, 2 do found[#found + 1] = { all[i], all[i + 1], tonumber(string.match(all[i + 1], '^%d+ (%d+)') or '0') } end
  table.sort(found, function(a, b) return a[3] > b[3] or a[3] == b[3] and before(b[1], a[1]) end)
  local runs = {}
  for i = 1, math.min(wanted, #found) do
    runs[i] = { found[i][1], found[i][2], rc('HGET', J(found[i][1]), 'st') or '' }
  end
  return runs
end

for i = 3, math.min(#ARGV, 202) do
  local name = ARGV[i]
  local h, at = P .. 'cr:' .. name, rc('ZSCORE', P .. 'cr', name)
  if at then
    local fields, flat, size = rc('HMGET', h, unpack(names)), {}, rc('HSTRLEN', h, 'data')
    for k, field in ipairs(names) do
      if fields[k] then flat[#flat + 1] = field; flat[#flat + 1] = string.sub(fields[k], 1, 8192) end
    end
    rows[#rows + 1] = { name, at, flat, size, most > 0 and string.sub(rc('HGET', h, 'data') or '', 1, most) or '', runs_of(name) }
  end
end
return { INT(NOW), rc('HGET', META, 'sched') or '', rows }
