-- One page of the purged jobs of all trashes, the last purged first: a lazy merge.  KEYS[1]: the queue's meta key.
-- ARGV: before (clock, exclusive, '+inf' first), limit (1..200).
-- returns {purged jobs in all, how long each is kept (ms), flat {clock of the purge, id, …}}; of more than 200 trashes those
--   that began first are left out.
local lim = math.min(200, tonumber(ARGV[2]))
local trashes, all, cand = rc('ZREVRANGE', P .. 'trl', 0, 199), 0, {}
local function top(trash, high)
  local x = rc('ZREVRANGEBYSCORE', trash, high, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if x[1] then cand[#cand + 1] = { tonumber(x[2]), x[1], trash, x[2] } end
end
for i = 1, #trashes do
  local trash = P .. 'tr:' .. trashes[i]
  all = all + rc('ZCARD', trash)
  top(trash, ARGV[1] == '+inf' and '+inf' or '(' .. ARGV[1])
end
local out = {}
while #out < 2 * lim and #cand > 0 do
  local best = 1
  for i = 2, #cand do if cand[i][1] > cand[best][1] then best = i end end
  local c = table.remove(cand, best)
  out[#out + 1] = c[4]; out[#out + 1] = c[2]
  top(c[3], '(' .. c[4])
end
return { all, cfg('trash_age', 3600000), out }
