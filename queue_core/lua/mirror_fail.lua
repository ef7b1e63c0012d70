-- Record failures that were found in another product: each becomes a dead letter with the product's own time, or with
-- that of the server where none is told (0); then it is another failure when the sign that begins its memo is another one.
-- KEYS[1]: the queue's meta key.
-- ARGV: n, then 16 per failure: id ty payload pr created(ms) failed(us) attempts max_retries fp em blob version worker reason
--   started(ms) memo.
-- returns n x code: 1 new, 2 failed again (its requeue's outcome is counted), 0 known already or in the trash.
local SIGN = '^{"sign":"(%x*)"'
local n = tonumber(ARGV[1])
local out = {}
for k = 0, n - 1 do
  local b = 1 + k * 16
  local id = ARGV[b + 1]
  local r = rc('HMGET', J(id), 'st', 'ty', 'fp', 'fs', 'op', 'mm')
  local code, untold = 0, tonumber(ARGV[b + 6]) == 0
  if not r[1] then code = 1
  elseif untold then
    local was, sign = string.match(r[6] or '', SIGN) or '', string.match(ARGV[b + 16], SIGN) or ''
    if r[1] == 'd' and was == '' and sign ~= '' then       -- was taken up before a look found it: the same
      rc('HSET', J(id), 'mm', ARGV[b + 16], 'rs', ARGV[b + 14])
    elseif r[1] ~= 't' and sign ~= was or r[1] == 'p' and sign == '' then code = 2 end
  elseif r[1] ~= 't' and tonumber(ARGV[b + 6]) > tonumber(r[4] or '0') then code = 2 end
  if untold then ARGV[b + 6] = INT(US) end
  if code == 2 then forsake(id, r) end
  if code > 0 then bury(id, b, r) end
  out[k + 1] = code
end
flush()
return out
