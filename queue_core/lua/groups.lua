-- Error groups with their trend.  KEYS[1]: the queue's meta key.
-- ARGV: last | count | these, limit (1..100), after score, after fingerprint (both '' = from the start), low, high (clock
--   bounds of `matched`, '-inf' '+inf'), then for `these` the fingerprints wanted.
-- returns {groups in all, dead letters in all, {rows}}; a row is
--   {fp, cursor score, count, matched, clock of last death, deaths in the last 5 min, newest id, {detail flat}, {24 hourly counts}}.
local order, limit = ARGV[1], math.min(100, tonumber(ARGV[2]))
local fps = {}
if order == 'these' then
  for i = 7, math.min(#ARGV, 106) do fps[#fps + 1] = ARGV[i]; fps[#fps + 1] = '0' end
else
  local z = P .. (order == 'count' and 'dfc' or 'dfl')
  local to = ARGV[3] == '' and rc('ZCARD', z) or rank_of(z, ARGV[3], ARGV[4], false)
  if to > 0 then
    local m = rc('ZRANGE', z, math.max(0, to - limit), to - 1, 'WITHSCORES')
    for i = #m - 1, 1, -2 do fps[#fps + 1] = m[i]; fps[#fps + 1] = m[i + 1] end
  end
end
local hour, rows = 3600000000, {}
local function spread(z, trend, from, to, n)   -- n deaths over hours from..to (24 is the present one): quiet spans cost nothing
  if n == 0 then return end
  if from == to then trend[from] = n; return end
  local mid = math.floor((from + to) / 2)
  local early = rc('ZCOUNT', z, '(' .. INT(US - (25 - from) * hour), INT(US - (24 - mid) * hour))
  spread(z, trend, from, mid, early); spread(z, trend, mid + 1, to, n - early)
end
for i = 1, #fps, 2 do
  local z = P .. 'df:' .. fps[i]
  local count = rc('ZCARD', z)
  if count > 0 then
    local newest, trend = rc('ZRANGE', z, -1, -1, 'WITHSCORES'), {}
    for h = 1, 24 do trend[h] = 0 end
    spread(z, trend, 1, 24, rc('ZCOUNT', z, '(' .. INT(US - 24 * hour), '+inf'))
    rows[#rows + 1] = { fps[i], fps[i + 1], count, (ARGV[5] == '-inf' and ARGV[6] == '+inf') and count or rc('ZCOUNT', z, ARGV[5], ARGV[6]),
      newest[2], rc('ZCOUNT', z, INT(US - 300000000), '+inf'), newest[1], rc('HGETALL', P .. 'dfm:' .. fps[i]), trend }
  end
end
return { rc('ZCARD', P .. 'dfc'), dead_now(), rows }
