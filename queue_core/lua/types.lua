-- What the jobs of a queue did lately, by type.  KEYS[1]: the queue's meta key.
-- ARGV: how many stretches of ten minutes (1..8), the present one included.
-- returns {now ms, since when it is counted (ms), {field, count, …}}: `f|type` failed attempts, `<b>|type` successes that
--   took at most 2^b ms (b = 23: all above); type '' is all types beyond about a hundred.
local stretches = math.max(1, math.min(8, tonumber(ARGV[1])))
local first, sums, flat = math.floor(MIN / 10) - stretches + 1, {}, {}
for i = first, first + stretches - 1 do
  local all = rc('HGETALL', P .. 'y:' .. INT(i))
  for k = 1, #all, 2 do sums[all[k]] = (sums[all[k]] or 0) + tonumber(all[k + 1]) end
end
for k, n in pairs(sums) do flat[#flat + 1] = k; flat[#flat + 1] = INT(n) end
return { INT(NOW), INT(first * 600000), flat }
