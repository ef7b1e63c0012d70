-- Handing pending jobs to a worker, and the wake token that must stay behind.
local function claim(wid, n, lease)
  -- returns list of {id, tok, ty, v, pr, mr, at, cr, rq, ca, dl, tp, payload, err, cursor}
  local paused, maxc, rate, burst, rtok, rts, fence, boost = cfg('paused', 0, 'maxc', 0, 'rate', 0, 'burst', 1, 'rtok', 0, 'rts', 0,
    'fence', 0, 'boost', 86400000000)
  if paused == 1 then return {}, 'paused' end
  local why = ''
  if maxc > 0 then local room = maxc - rc('ZCARD', P .. 'lease'); if room < n then n = room; why = 'maxc' end end
  if rate > 0 then
    local t = math.min(burst, rtok + (NOW - rts) * rate / 1000)
    if t < n then n = math.floor(t); why = 'rate' end
    rtok = t
  end
  local out = {}
  if n > 0 then
    local ids = rc('ZPOPMIN', P .. 'pend', n)
    for i = 1, #ids, 2 do
      local id = ids[i]
      local r = rc('HMGET', J(id), 'ty', 'v', 'pr', 'mr', 'at', 'cr', 'rq', 'ca', 'to', 'tp', 'rn', 'un', 'um', 'ex', 'op')
      if r[15] then rc('ZREM', P .. 'oq:' .. r[15], id) end          -- started: too late to undo the requeue
      local pay = r[1] and rc('GET', P .. 'p:' .. id)
      if not r[1] then
        bump('orphan', 1)
      elseif not pay or r[14] and tonumber(r[14]) < NOW then
        local reason, em = 'expired', 'not started in time'
        if not pay then reason, em = 'lost', 'its payload is gone from Redis' end
        mat(r[1], 'p', -1); free_unique(id, r[12])
        kill(id, r[1], string.sub(redis.sha1hex(r[1] .. '|' .. reason), 1, 16), reason, em, r[15] or nil)
      else
        fence = fence + 1
        local at, to = tonumber(r[5]) + 1, tonumber(r[9])
        local dl = to > 0 and NOW + to or 0
        local exp = NOW + lease
        if dl > 0 and dl + 2000 < exp then exp = dl + 2000 end
        rc('ZADD', P .. 'lease', INT(exp), id)
        rc('HSET', J(id), 'st', 'a', 'tok', INT(fence), 'w', wid, 'cl', INT(NOW), 'dl', INT(dl), 'at', at, 'rn', tonumber(r[11]) + 1)
        if r[13] == 'start' then free_unique(id, r[12]) end
        mat(r[1], 'p', -1); mat(r[1], 'a', 1); bump('c', 1)
        local since = math.max(tonumber(r[8]), math.floor((tonumber(ids[i + 1]) + tonumber(r[3]) * boost) / 1000))
        local wait = math.max(0, NOW - since)           -- since it became pending: a retry does not count its earlier runs
        bump('wms', wait); bucket('w', wait)
        out[#out + 1] = { id, INT(fence), r[1], r[2], r[3], r[4], at, r[6] or '0', r[7] or '0', r[8], INT(dl), r[10] or '', pay,
          (tonumber(r[11]) > 0) and (rc('GET', P .. 'e:' .. id) or '') or '',
          (tonumber(r[11]) > 0) and (rc('GET', P .. 'k:' .. id) or '') or '' }
      end
    end
    if #out > 0 then
      if rate > 0 then rc('HSET', META, 'fence', INT(fence), 'rtok', string.format('%.6f', rtok - #out), 'rts', INT(NOW))
      else rc('HSET', META, 'fence', INT(fence)) end
    end
  end
  return out, why
end

local function rest()                 -- chain wake-up: leave a token exactly while work is left
  local left = rc('ZCARD', P .. 'pend')
  if left == 0 then rc('DEL', P .. 'wake') else wakes = math.max(wakes, 1) end
  return left
end
