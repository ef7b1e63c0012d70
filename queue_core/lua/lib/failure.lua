-- One lease that ends without success.
local function backoff(at, base, cap)
  local d = base * 2 ^ (at - 1)
  if d > cap then d = cap end
  return math.floor(d / 2 + (d / 2) * ((US % 1000) / 1000))
end

-- why: 'f' temporary, 'p' permanent, 't' timeout, 'k' crash or expiry.

local function lease_failed(id, r, why, delay, fp, em, vn)
  -- r: ty, at, mr, cr, cx, un, ca, bk; r.op, r.cron; vn: the application's version, '' or nil when it is not known
  local ty, at, mr, cr = r[1], tonumber(r[2]), tonumber(r[3]), tonumber(r[4] or '0')
  mat(ty, 'a', -1)
  local crash_max, base, cap = cfg('crash_max', 3, 'bk_base', 2000, 'bk_cap', 3600000)
  if r[5] then
    local age, kcap = cfg('cx_age', 86400000, 'cx_cap', 1000)
    bump('xa', 1); finish_job(id, 'x', ty, r[6], age, kcap, tonumber(r[7]), r.op, r.cron); return 'x'
  end
  local reason
  if why == 'k' then
    cr = cr + 1; rc('HSET', J(id), 'cr', cr)
    bump('k', 1)
    if cr >= crash_max then reason = 'poison' elseif at > mr then reason = 'crash' end
  elseif why == 'p' then reason = 'permanent'
  elseif at > mr then reason = (why == 't') and 'timeout' or 'exhausted' end
  bump('f', 1); of_type(ty, 'f')
  if reason then
    if not fp or fp == '' then fp = string.sub(redis.sha1hex(ty .. '|' .. reason), 1, 16) end
    free_unique(id, r[6])
    kill(id, ty, fp, reason, em, r.op, vn); return 'd'
  end
  if delay < 0 then delay = backoff(at, tonumber(r[8] or base), cap) end
  local ra = NOW + delay
  rc('ZADD', P .. 'rty', INT(ra), id)
  rc('HSET', J(id), 'st', 'r', 'ra', INT(ra), 'em', string.sub(em or '', 1, 60))
  if vn and vn ~= '' then rc('HSET', J(id), 'vn', vn) end
  bump('r', 1); mat(ty, 'r', 1)
  return 'r'
end
