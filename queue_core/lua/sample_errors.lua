-- Error details of a group, for its jobs whose own was not kept.  KEYS[1]: the queue's meta key.
-- ARGV: fingerprint, how many (at most 5), most bytes of each.
-- returns {error detail, ...} of its first failed job and of the oldest ones, of at most 200 of them.
local want, out = math.min(5, tonumber(ARGV[2])), {}
local ids = rc('ZRANGE', P .. 'df:' .. ARGV[1], 0, 199)
table.insert(ids, 1, rc('HGET', P .. 'dfm:' .. ARGV[1], 'ex') or '')
for i = 1, #ids do
  if #out == want then break end
  local e = rc('GETRANGE', P .. 'e:' .. ids[i], 0, tonumber(ARGV[3]) - 1)
  if e ~= '' and (i > 1 or rc('HGET', J(ids[i]), 'fp') == ARGV[1]) then out[#out + 1] = e end
end
return out
