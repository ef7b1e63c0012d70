-- Jobs whose time has come.
local function promote(lim)
  local n = 0
  for _, zs in ipairs({ { 'sch', 's0' }, { 'rty', 'r' } }) do
    local ids = rc('ZRANGEBYSCORE', P .. zs[1], '-inf', NOW, 'LIMIT', 0, lim)
    for i = 1, #ids do
      local id = ids[i]
      local r = rc('HMGET', J(id), 'ty', 'pr')
      rc('ZREM', P .. zs[1], id)
      if r[1] then mat(r[1], zs[2], -1); topend(id, r[1], hlc() - tonumber(r[2]) * boost()); n = n + 1
      else bump('orphan', 1) end
    end
  end
  return n
end

local function next_due()
  local d = -1
  for _, z in ipairs({ 'sch', 'rty' }) do
    local f = rc('ZRANGE', P .. z, 0, 0, 'WITHSCORES')
    if f[2] and (d < 0 or tonumber(f[2]) < d) then d = tonumber(f[2]) end
  end
  return d
end
