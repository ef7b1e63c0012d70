-- Dead letters of another product that are mirrored here; their times are those of the product.
local function bury(id, b, r)         -- a failure in ARGV from b (see mirror_fail); r: st ty fp fs op, st false when new here
  local ty, fp, em = ARGV[b + 2], ARGV[b + 9], ARGV[b + 10]
  if not rc('ZSCORE', P .. 'dfc', fp) and rc('ZCARD', P .. 'dfc') >= 1000 then   -- bound the number of groups
    fp = string.sub(redis.sha1hex(ty .. '|overflow'), 1, 16)
  end
  if r[5] then
    if r[3] == fp then outcome(r[5], 'o_same') else outcome(r[5], 'o_new'); new_error(r[5], fp) end
  end
  rc('HDEL', J(id), 'op', 'rr', 'run')
  local failed = math.min(tonumber(ARGV[b + 6]), US)      -- clocks of other machines may be ahead
  local ms = INT(math.floor(failed / 1000))
  rc('HSET', J(id), 'st', 'd', 'ty', ty, 'v', 1, 'pr', ARGV[b + 4], 'ca', ARGV[b + 5], 'at', ARGV[b + 7], 'mr', ARGV[b + 8],
    'rn', ARGV[b + 7], 'to', 0, 'w', ARGV[b + 13], 'cl', ARGV[b + 15], 'fa', ms, 'fp', fp, 'ds', INT(failed), 'fs', ARGV[b + 6],
    'rs', ARGV[b + 14], 'em', string.sub(em, 1, 200), 'ba', INT(hlc()), 'mm', ARGV[b + 16])
  rc('SET', P .. 'p:' .. id, ARGV[b + 3])
  dead_index(id, ty, fp, INT(failed))
  local m = P .. 'dfm:' .. fp
  local first = tonumber(rc('HGET', m, 'f') or '')
  if not first then rc('HSET', m, 'ty', ty, 'rs', ARGV[b + 14], 'em', string.sub(em, 1, 500), 'ex', id) end
  if not first or tonumber(ms) < first then rc('HSET', m, 'f', ms) end
  rc('HINCRBY', m, 'n', 1)
  if ARGV[b + 12] ~= '' then rc('HSET', J(id), 'vn', ARGV[b + 12]); group_version(m, ARGV[b + 12]) end
  if rc('ZCARD', P .. 'df:' .. fp) > cfg('details', 1000) then rc('UNLINK', P .. 'e:' .. id)
  else rc('SET', P .. 'e:' .. id, ARGV[b + 11]) end
  if US - failed < 90000000 then bump('d', 1); bump('f', 1); of_type(ty, 'f')
  else rc('HINCRBY', P .. 'c', 'md', 1) end                -- what is found late belongs to no minute of now
end

local function forsake(id, r)         -- out of the index of its state; r: st ty fp fs op
  if r[1] == 'd' then undead(id, r[2], r[3]); rc('HINCRBY', P .. 'c', 'md', -1)
  elseif r[1] == 'p' then rc('ZREM', P .. 'pend', id); mat(r[2], 'p', -1)
  elseif r[1] == 't' then rc('ZREM', P .. 'tr:' .. (rc('HGET', J(id), 'tr') or ''), id); mat(r[2], 't', -1) end
  if r[5] then rc('ZREM', P .. 'oq:' .. r[5], id) end
end
