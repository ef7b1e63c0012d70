-- Counter, type-matrix and per-type deltas, collected in memory and written once by flush(): counters into the minute and
-- the totals, what is counted by job type into a stretch of ten minutes.
local function bump(f, n) acc[f] = (acc[f] or 0) + n end

local function mat(ty, s, n) local k = ty .. '|' .. s; tm[k] = (tm[k] or 0) + n end

local function bucket(kind, ms)       -- histograms h (run) and w (wait): bucket b holds times up to 2^b ms, the last all above
  local b, x = 0, ms
  while x > 1 and b < 23 do x = x / 2; b = b + 1 end
  bump(kind .. '|' .. b, 1)
  return b
end

local function of_type(ty, f) local k = f .. '|' .. ty; by[k] = (by[k] or 0) + 1 end

local function flush_types()          -- about a hundred types at 24 buckets each; further ones are counted together, as type ''
  local yk = P .. 'y:' .. INT(math.floor(MIN / 10))
  local n = rc('HLEN', yk)
  for k, v in pairs(by) do
    if n >= 2400 and rc('HEXISTS', yk, k) == 0 then k = string.match(k, '^[^|]*|') end
    rc('HINCRBY', yk, k, v)
  end
  if n == 0 then rc('EXPIRE', yk, 5400) end
end

local function flush()
  if SEQ and SEQ > SEQ0 then rc('HSET', META, 'seq', INT(SEQ)) end
  local mk = P .. 'm:' .. MIN
  local any
  for k, v in pairs(acc) do
    if v ~= 0 then
      any = true
      rc('HINCRBY', mk, k, INT(v))
      rc('HINCRBY', P .. 'c', k, INT(v))
    end
  end
  if any and rc('TTL', mk) < 0 then rc('EXPIRE', mk, 86400) end
  if next(by) then flush_types(); types_ever() end
  for k, v in pairs(tm) do
    if v ~= 0 and rc('HINCRBY', P .. 'tn', k, v) == 0 then rc('HDEL', P .. 'tn', k) end
  end
  if wakes > 0 and rc('HGET', META, 'paused') ~= '1' then
    local w = P .. 'wake'
    local have, want = rc('LLEN', w), math.min(wakes, 8)
    if have < want then
      local t = {}
      for i = have + 1, want do t[#t + 1] = '1' end
      rc('RPUSH', w, unpack(t))
    end
  end
end
