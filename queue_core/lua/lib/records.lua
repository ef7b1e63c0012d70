-- Job records, configuration and the pending index.
local function J(id) return P .. 'j:' .. id end

local function cfg(...)               -- meta fields as numbers with defaults: cfg('boost', 3.6e9, ...)
  local a, f, d = {...}, {}, {}
  for i = 1, #a, 2 do f[#f + 1] = a[i]; d[#d + 1] = a[i + 1] end
  local v = rc('HMGET', META, unpack(f))
  for i = 1, #f do v[i] = tonumber(v[i] or d[i]) end
  return unpack(v)
end

local function new_record(b, st, place, at)   -- fields of the job in ARGV from b (see enqueue), which stands at a score
  local h = { 'st', st, place, INT(at), 'ty', ARGV[b + 1], 'v', ARGV[b + 2], 'pr', ARGV[b + 4], 'mr', ARGV[b + 5],
    'ca', INT(NOW), 'at', 0, 'rn', 0, 'to', ARGV[b + 7] }
  if ARGV[b + 8] ~= '' then h[#h + 1] = 'un'; h[#h + 1] = ARGV[b + 8]; h[#h + 1] = 'um'; h[#h + 1] = ARGV[b + 9] end
  if ARGV[b + 11] ~= '' then h[#h + 1] = 'tp'; h[#h + 1] = ARGV[b + 11] end
  if ARGV[b + 12] ~= '' then h[#h + 1] = 'bk'; h[#h + 1] = ARGV[b + 12] end
  if tonumber(ARGV[b + 13]) > 0 then h[#h + 1] = 'ex'; h[#h + 1] = ARGV[b + 13] end
  return h
end

local function boost()                -- one step of priority, in microseconds; read once
  if not BOOST then BOOST = cfg('boost', 86400000000) end
  return BOOST
end

local function topend(id, ty, score, fresh)
  rc('ZADD', P .. 'pend', INT(score), id)
  if not fresh then rc('HSET', J(id), 'st', 'p', 'sc', INT(score)) end
  mat(ty, 'p', 1); wakes = wakes + 1
end

local function noted(before, what)    -- done by hand: r requeue, e edit, m move, u undo, n run now, with unix ms; the newest 4
  return string.sub((before or '') .. what .. INT(NOW), -56)
end

local function wipe(id, created)
  rc('UNLINK', J(id), P .. 'p:' .. id, P .. 'e:' .. id, P .. 'r:' .. id, P .. 'k:' .. id, P .. 'b:' .. id)
  if created and NOW - created < 15000 then rc('SET', P .. 't:' .. id, '1', 'PX', 15000) end
end
