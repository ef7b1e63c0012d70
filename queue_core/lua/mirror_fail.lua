-- Record failures that were found in another product: each becomes a dead letter with the product's own time.
-- KEYS[1]: the queue's meta key.
-- ARGV: n, then 16 per failure: id ty payload pr created(ms) failed(us) attempts max_retries fp em blob version worker reason
--   started(ms) memo.
-- returns n x code: 1 new, 2 failed again (its requeue's outcome is counted), 0 known already or in the trash.
local n = tonumber(ARGV[1])
local out = {}
for k = 0, n - 1 do
  local b = 1 + k * 16
  local id = ARGV[b + 1]
  local r = rc('HMGET', J(id), 'st', 'ty', 'fp', 'fs', 'op')
  local code = 0
  if not r[1] then code = 1
  elseif r[1] ~= 't' and tonumber(ARGV[b + 6]) > tonumber(r[4] or '0') then code = 2 end
  if code == 2 then forsake(id, r) end
  if code > 0 then bury(id, b, r) end
  out[k + 1] = code
end
flush()
return out
