-- Record what became of mirrored jobs in their product.  KEYS[1]: the queue's meta key.
-- ARGV: per job id, what, the failure's time as the caller knew it (us): a requeued job (r)uns, (s)ucceeded, was cancelled
--   (x), is no more (g), or has (f)ailed anew, so that the failure in the product is another one even if its sign is the
--   same; a dead letter is (g)one. One that has failed anew since, or that an operation holds until
--   the product has followed, is left alone.
-- returns how many changed.
dirty()
local changed = 0
for i = 1, #ARGV, 3 do
  local id, what = ARGV[i], ARGV[i + 1]
  local r = rc('HMGET', J(id), 'st', 'ty', 'fp', 'fs', 'op', 'io')
  if r[6] or r[4] ~= ARGV[i + 2] then                      -- not now
  elseif r[1] == 'p' then
    if what == 'r' then
      if r[5] and rc('ZREM', P .. 'oq:' .. r[5], id) == 1 or not rc('HGET', J(id), 'run') then
        rc('HINCRBY', J(id), 'rn', 1); rc('HSET', J(id), 'run', 1); changed = changed + 1
      end
    elseif what == 'f' then
      local memo, signed = string.gsub(rc('HGET', J(id), 'mm') or '', '^{"sign":"%x+"', '{"sign":""')
      if signed == 1 then rc('HSET', J(id), 'mm', memo); changed = changed + 1 end
    else
      if r[5] then outcome(r[5], what == 's' and 'o_s' or 'o_x') end
      if what == 's' then bump('s', 1) end
      forsake(id, r); wipe(id); changed = changed + 1
    end
  elseif r[1] == 'd' and what == 'g' then
    forsake(id, r); wipe(id); changed = changed + 1
  end
end
flush()
return changed
