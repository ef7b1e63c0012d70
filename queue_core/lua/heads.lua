-- Error groups without their numbers over time.  KEYS[1]: the queue's meta key.
-- ARGV: last | count, limit (1..400), after score, after fingerprint (both '' = from the start), low, high (clock bounds of
--   `matched`, '-inf' '+inf'), then the fingerprints wanted, when only some are.
-- returns {groups in all, dead letters in all, {rows {fp, cursor score, matched, type, reason, message}}}; the largest or
--   latest first, wanted ones in the order in which they were given.
local z, limit = P .. (ARGV[1] == 'count' and 'dfc' or 'dfl'), math.min(400, tonumber(ARGV[2]))
local found, low, high = {}, ARGV[5], ARGV[6]
if ARGV[7] then
  for i = 7, math.min(#ARGV, 6 + limit) do
    local score = rc('ZSCORE', z, ARGV[i])
    if score then found[#found + 1] = { ARGV[i], score } end
  end
else
  local to = ARGV[3] == '' and rc('ZCARD', z) or rank_of(z, ARGV[3], ARGV[4], false)
  local m = to > 0 and rc('ZRANGE', z, math.max(0, to - limit), to - 1, 'WITHSCORES') or {}
  for i = #m - 1, 1, -2 do found[#found + 1] = { m[i], m[i + 1] } end
end
local rows, whole = {}, low == '-inf' and high == '+inf'
for i = 1, #found do
  local fp = found[i][1]
  local d = rc('HMGET', P .. 'dfm:' .. fp, 'ty', 'rs', 'em')
  local n = whole and rc('ZCARD', P .. 'df:' .. fp) or rc('ZCOUNT', P .. 'df:' .. fp, low, high)
  rows[i] = { fp, found[i][2], n, d[1] or '', d[2] or '', d[3] or '' }
end
return { rc('ZCARD', P .. 'dfc'), dead_now(), rows }
