-- What one step of an operation reads and does.  A source: key, live (pend, sch, rty), chosen (os:), from (the operation
-- or group after the colon), kind, op, asof (ms), boost.
local function members(source, cur, curid, high, limit)   -- the next ones, flat id, score
  if not source.live then return rc('ZRANGEBYSCORE', source.key, '(' .. cur, high, 'WITHSCORES', 'LIMIT', 0, limit) end
  -- Scores of waiting jobs may be equal, and members before the cursor come and go: the cursor is a place, not a count.
  local from = curid ~= '' and rank_of(source.key, cur, curid, true) or 0
  return rc('ZRANGE', source.key, from, from + limit - 1, 'WITHSCORES')
end

-- Whether a waiting job had come before the operation's as-of instant: created, made pending and last started by then.

local function waited(source, r, score)
  local since = math.max(tonumber(r[5]), tonumber(r[9] or '0'))
  if r[1] == 'p' then since = math.max(tonumber(r[5]), math.floor((tonumber(score) + tonumber(r[7]) * source.boost) / 1000)) end
  return since <= source.asof
end

-- Whether a purge still means this job: one chosen as dead must be dead by the same death, one chosen while it waited must
-- not have died since.

local function meant(source, r, score)
  local died, at = tonumber(r[8] or '-1'), tonumber(score)
  if source.live then return waited(source, r, score) end
  if not source.chosen or died == at then return r[1] == 'd' end
  return died < at and ZOF[r[1]] ~= nil
end

local function treat(source, id, score)   -- one job; whether it was moved, nil when it is none of the operation's
  local r = rc('HMGET', J(id), 'st', 'ty', 'un', 'um', 'ca', 'fp', 'pr', 'ds', 'cl', 'rn', 'ch', 'ba')
  if source.chosen then rc('ZREM', source.key, id) end
  if not r[1] then return false end
  if source.frozen and tonumber(r[12] or '0') > source.frozen then return nil end   -- brought back since
  if source.kind == 'requeue' then return r[1] == 'd' and requeue(id, r, source.op) end
  if source.kind == 'undo' then return unqueue(id, r, source.from) end
  if source.kind == 'restore' then return r[1] == 't' and restore(id, r, source.from) end
  if not meant(source, r, score) then return false end
  trash(id, r, source.op)
  return true
end
