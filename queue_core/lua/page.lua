-- One page of one residence.  KEYS[1]: the queue's meta key.
-- ARGV: residence (pend | lease | sch | rty | ok | cx | df:<fp> | tr:<op> | oq:<op>), asc|desc, limit (1..200),
--   after score and after id (both '' = from the start), low, high (score bounds, '-inf' '+inf'), largest payload wanted
--   ('' = rows {id, score} only).
-- returns {members in all, members within bounds, {rows {id, score, {record flat}, payload size, payload}}}.
-- The cursor is a place, not a member: it holds when the member has gone and when scores are equal.
local z, desc, limit = P .. ARGV[1], ARGV[2] == 'desc', math.min(200, tonumber(ARGV[3]))
local all = rc('ZCARD', z)
local below = ARGV[6] == '-inf' and 0 or rc('ZCOUNT', z, '-inf', '(' .. ARGV[6])
local upto = ARGV[7] == '+inf' and all or rc('ZCOUNT', z, '-inf', ARGV[7])
local from, to = below, upto
if ARGV[4] ~= '' then
  if desc then to = math.min(to, rank_of(z, ARGV[4], ARGV[5], false))
  else from = math.max(from, rank_of(z, ARGV[4], ARGV[5], true)) end
end
if desc then from = math.max(from, to - limit) else to = math.min(to, from + limit) end
local rows, most = {}, tonumber(ARGV[8])
if to > from then
  local m = rc('ZRANGE', z, from, to - 1, 'WITHSCORES')
  for i = 1, #m, 2 do
    local r = most and row(m[i], m[i + 1], most) or { m[i], m[i + 1] }
    if desc then table.insert(rows, 1, r) else rows[#rows + 1] = r end
  end
end
return { all, math.max(0, upto - below), rows }
