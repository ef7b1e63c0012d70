-- Dead letters: their error groups and the outcome of the operation that requeued them.
local function dead_index(id, ty, fp, s)
  rc('ZADD', P .. 'df:' .. fp, s, id); rc('ZADD', P .. 'dead', s, id)
  rc('ZINCRBY', P .. 'dfc', 1, fp)
  rc('ZADD', P .. 'dfl', 'GT', s, fp)
  if rc('HDEL', P .. 'dfm:' .. fp, 'gone') == 1 then rc('PERSIST', P .. 'dfm:' .. fp) end
  mat(ty, 'd', 1)
end

local function outcome(op, f, n)      -- what became of a job that an operation requeued
  if op and rc('EXISTS', P .. 'op:' .. op) == 1 then rc('HINCRBY', P .. 'op:' .. op, f, n or 1) end
end

local function kill(id, ty, fp, reason, em, op, vn)
  local s = INT(hlc())
  if not rc('ZSCORE', P .. 'dfc', fp) and rc('ZCARD', P .. 'dfc') >= 1000 then   -- bound the number of groups
    fp = string.sub(redis.sha1hex(ty .. '|overflow'), 1, 16)
  end
  if op then
    if rc('HGET', J(id), 'fp') == fp then outcome(op, 'o_same') else outcome(op, 'o_new'); new_error(op, fp) end
    rc('HDEL', J(id), 'op')
  end
  rc('HSET', J(id), 'st', 'd', 'fa', INT(NOW), 'fp', fp, 'ds', s, 'rs', reason, 'em', string.sub(em or '', 1, 60))
  dead_index(id, ty, fp, s)
  run_ended(rc('HGET', J(id), 'cron'), id, 'd')
  local m = P .. 'dfm:' .. fp
  if rc('HSETNX', m, 'f', INT(NOW)) == 1 then rc('HSET', m, 'ty', ty, 'rs', reason, 'em', string.sub(em or '', 1, 500), 'ex', id) end
  rc('HINCRBY', m, 'n', 1)
  if vn and vn ~= '' then rc('HSET', J(id), 'vn', vn); group_version(m, vn) end
  if rc('ZCARD', P .. 'df:' .. fp) > cfg('details', 1000) then rc('UNLINK', P .. 'e:' .. id) end
  bump('d', 1)
end

local function undead(id, ty, fp)
  if rc('ZREM', P .. 'df:' .. fp, id) == 0 then return false end
  rc('ZREM', P .. 'dead', id)
  if tonumber(rc('ZINCRBY', P .. 'dfc', -1, fp)) <= 0 then
    rc('ZREM', P .. 'dfc', fp); rc('ZREM', P .. 'dfl', fp)
    rc('HSET', P .. 'dfm:' .. fp, 'gone', INT(NOW)); rc('EXPIRE', P .. 'dfm:' .. fp, 2592000)
  end
  mat(ty, 'd', -1)
  return true
end
