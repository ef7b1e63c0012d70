-- The end of purged jobs that nobody restored in time.
local function empty_trash(age, limit)   -- the trash with the oldest job, at most `limit` jobs; how many went
  local op = rc('ZRANGEBYSCORE', P .. 'trl', '-inf', INT(NOW - age), 'LIMIT', 0, 1)[1]
  if not op then return 0 end
  local trash = P .. 'tr:' .. op
  local old = rc('ZRANGEBYSCORE', trash, '-inf', INT(US - age * 1000), 'LIMIT', 0, limit)
  for i = 1, #old do
    local ty = rc('HGET', J(old[i]), 'ty')
    rc('ZREM', trash, old[i])
    if ty then mat(ty, 't', -1) end
    wipe(old[i]); bump('tp', 1)
  end
  local oldest = rc('ZRANGE', trash, 0, 0, 'WITHSCORES')[2]
  if oldest then rc('ZADD', P .. 'trl', INT(math.floor(tonumber(oldest) / 1000)), op) else rc('ZREM', P .. 'trl', op) end
  return #old
end
