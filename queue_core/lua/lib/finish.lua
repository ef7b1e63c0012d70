-- The end of a job that succeeded or was cancelled.
local function finish_job(id, st, ty, u, age, cap, created, op, cron)   -- succeeded 's' or cancelled 'x'
  free_unique(id, u)
  if op then outcome(op, 'o_' .. st) end
  if cron then run_ended(cron, id, st) end
  bump(st, 1)
  if age == 0 or cap == 0 then
    local by = rc('HMGET', J(id), 'tok', 'w')
    wipe(id, created)
    if by[1] then rc('SET', P .. 't:' .. id, by[1] .. '|' .. by[2], 'PX', 15000) end   -- a repeated settle still learns it was done
    return
  end
  if rc('STRLEN', P .. 'p:' .. id) > 2048 then rc('UNLINK', P .. 'p:' .. id) end   -- bytes kept stay bounded too
  local z = P .. (st == 's' and 'ok' or 'cx')
  rc('ZADD', z, INT(hlc()), id)
  rc('HSET', J(id), 'st', st, 'fa', INT(NOW))
  mat(ty, st, 1)
  local over = rc('ZCARD', z) - cap
  if over > 0 then
    local o = rc('ZPOPMIN', z, over > 4 and 4 or over)
    for i = 1, #o, 2 do
      local r = rc('HMGET', J(o[i]), 'ty', 'ca')
      if r[1] then mat(r[1], st, -1) end
      wipe(o[i], tonumber(r[2])); bump('gc', 1)
    end
  end
end
