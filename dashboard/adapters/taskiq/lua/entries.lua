-- Messages of streams.
-- KEYS: for each its stream. ARGV: after how many bytes no more are read, then for each its entry.
-- returns {how many were looked at, for each its fields}; no fields when it is gone.
local found, left = {#KEYS}, tonumber(ARGV[1])
for i = 1, #KEYS do
  if left <= 0 then found[1] = i - 1; break end
  local read = redis.pcall('XRANGE', KEYS[i], ARGV[i + 1], ARGV[i + 1])
  local fields = not read.err and read[1] and read[1][2] or {}
  for _, each in ipairs(fields) do left = left - #each end
  found[i + 1] = fields
end
return found
