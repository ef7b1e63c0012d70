-- Some mirrored jobs by their place.  KEYS[1]: the queue's meta key.  ARGV: list (dead | pend), first place, how many (at most 500).
-- returns {id, type, failed (us), memo} each.
local first, n = tonumber(ARGV[2]), math.min(500, tonumber(ARGV[3]))
local out = {}
if n < 1 then return out end           -- a range that ends before its start would mean the whole list
for _, id in ipairs(rc('ZRANGE', P .. ARGV[1], first, first + n - 1)) do
  local r = rc('HMGET', J(id), 'ty', 'fs', 'mm')
  if r[2] then out[#out + 1] = { id, r[1] or '', r[2], r[3] or '' } end
end
return out
