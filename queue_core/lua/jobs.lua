-- Rows of given jobs.  KEYS[1]: the queue's meta key.  ARGV: largest payload wanted (bytes, 0 none), ids (at most 200).
-- returns rows {id, '', {record flat}, payload size, payload}; unknown ids are left out.
local out = {}
for i = 2, math.min(#ARGV, 201) do
  local r = row(ARGV[i], '', tonumber(ARGV[1]))
  if #r[3] > 0 then out[#out + 1] = r end
end
return out
