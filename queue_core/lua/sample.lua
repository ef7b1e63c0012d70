-- Jobs spread evenly over one residence, newest first.  KEYS[1]: the queue's meta key.
-- ARGV: residence (as in page), rows wanted (0..100, 0 = count only), places to look at (at most 400),
--   which part of how many (1, 1 = the whole list),
--   low, high (score bounds, '-inf' '+inf'), largest payload wanted, type ('' any).
-- returns {members within bounds, places looked at, {rows as in page}}.
local wanted, look = math.min(100, tonumber(ARGV[2])), math.min(400, tonumber(ARGV[3]))
local part, parts, low, high, most, ty = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7], tonumber(ARGV[8]), ARGV[9]
local z = P .. ARGV[1]
local upto = high == '+inf' and rc('ZCARD', z) or rc('ZCOUNT', z, '-inf', high)
local all = low == '-inf' and upto or upto - rc('ZCOUNT', z, '-inf', '(' .. low)
if wanted == 0 then return { all, 0, {} } end
local slots, found = look * parts, {}
for i = (part - 1) * look, math.min(part * look, all) - 1 do
  local rank = upto - 1 - (all <= slots and i or math.floor(i * (all - 1) / math.max(1, slots - 1)))
  local m = rc('ZRANGE', z, rank, rank, 'WITHSCORES')
  if m[1] and (ty == '' or rc('HGET', J(m[1]), 'ty') == ty) then found[#found + 1] = m end
end
local rows, n = {}, math.min(wanted, #found)
for i = 1, n do
  local m = found[n == 1 and 1 or math.floor((i - 1) * (#found - 1) / (n - 1)) + 1]
  rows[i] = row(m[1], m[2], most)
end
return { all, math.max(0, math.min(part * look, all) - (part - 1) * look), rows }
