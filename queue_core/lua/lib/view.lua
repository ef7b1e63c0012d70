-- Reading for pages: positions, rows, ages.

local function before(a, b)           -- byte order, as sorted sets have it; Lua's own < follows the locale
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- Rank of the first member not before (score, id), or after it when `past`; O(log^2 N) however many scores are equal.

local function rank_of(z, score, id, past)
  local lo, hi = rc('ZCOUNT', z, '-inf', '(' .. score), rc('ZCOUNT', z, '-inf', score)
  while lo < hi do
    local mid = math.floor((lo + hi) / 2)
    local m = rc('ZRANGE', z, mid, mid)[1]
    if before(m, id) or (past and m == id) then lo = mid + 1 else hi = mid end
  end
  return lo
end

local function row(id, score, most)   -- {id, score, {record flat}, payload size, payload when it is not over `most`}
  -- All fields at once cost half of naming each; a record of so many is none of ours, and is not read.
  local r = rc('HLEN', J(id)) <= 64 and rc('HGETALL', J(id)) or {}
  local size = rc('STRLEN', P .. 'p:' .. id)
  return { id, score, r, size, size > 0 and size <= most and rc('GET', P .. 'p:' .. id) or '' }
end

local function dead_now()             -- dead letters: died, and back by undo or restore, less those requeued and purged
  local c = rc('HMGET', P .. 'c', 'd', 'uq', 'dr', 'md', 'dq', 'dp')
  for i = 1, 6 do c[i] = tonumber(c[i] or '0') end
  return c[1] + c[2] + c[3] + c[4] - c[5] - c[6]
end

-- Since when (ms) the longest waiting pending job waits.  Members lie in bands, one per priority while nothing waits
-- longer than one boost; the first four of each of up to 16 occupied bands are looked at.

local function oldest_pending()
  local boost, since, from = cfg('boost', 86400000000), -1, '-inf'
  for _ = 1, 16 do
    local f = rc('ZRANGEBYSCORE', P .. 'pend', from, '+inf', 'WITHSCORES', 'LIMIT', 0, 4)
    for i = 1, #f, 2 do
      local r = rc('HMGET', J(f[i]), 'pr', 'ca')
      local t = math.max((tonumber(f[i + 1]) + tonumber(r[1] or '0') * boost) / 1000, tonumber(r[2] or '0'))
      if since < 0 or t < since then since = t end
    end
    if not f[1] or boost <= 0 then break end
    local band = math.floor((US - tonumber(f[2])) / boost)
    if band <= 0 then break end
    from = '(' .. INT(US - band * boost)
  end
  return since < 0 and -1 or math.min(NOW, math.floor(since))
end
