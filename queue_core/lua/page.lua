-- One page of one residence.  KEYS[1]: the queue's meta key.
-- ARGV: residence (pend | lease | sch | rty | ok | cx | dead | df:<fp> | tr:<op> | oq:<op>), asc|desc, limit (1..200),
--   after score and after id (both '' = from the start), low, high (score bounds, '-inf' '+inf'), largest payload wanted
--   ('' = places only).
-- returns {members in all, members within bounds, {rows {id, score, {record flat}, payload size, payload}}}, of places only
--   the third is flat {id, score, ...}.
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
local m = {}
if to > from then
  m = desc and rc('ZRANGE', z, all - to, all - from - 1, 'REV', 'WITHSCORES') or rc('ZRANGE', z, from, to - 1, 'WITHSCORES')
end
if ARGV[8] == '' then return { all, math.max(0, upto - below), m } end
local rows = {}
for i = 1, #m, 2 do rows[#rows + 1] = row(m[i], m[i + 1], tonumber(ARGV[8])) end
return { all, math.max(0, upto - below), rows }
