-- What an operation and an error group learn of a death.
local function new_error(op, fp)      -- which error it was: at most 20 kinds are counted, `o_new` counts all
  local o, f = P .. 'op:' .. op, 'e|' .. fp
  if rc('EXISTS', o) == 0 then return end
  if rc('HEXISTS', o, f) == 0 then
    if tonumber(rc('HGET', o, 'ek') or '0') >= 20 then return end
    rc('HINCRBY', o, 'ek', 1)
  end
  rc('HINCRBY', o, f, 1)
end

local function group_version(m, vn)   -- the last version, and since when each of the newest 8 has failed
  local known = rc('HMGET', m, 'vn', 'v|' .. vn)
  if known[1] ~= vn then rc('HSET', m, 'vn', vn) end
  if known[2] then return end
  rc('HSET', m, 'v|' .. vn, INT(NOW))
  local all, n, oldest, since = rc('HGETALL', m), 0, nil, nil
  for i = 1, #all, 2 do
    local at = string.sub(all[i], 1, 2) == 'v|' and tonumber(all[i + 1])
    if at then n = n + 1; if not since or at < since then oldest, since = all[i], at end end
  end
  if n > 8 then rc('HDEL', m, oldest) end
end
