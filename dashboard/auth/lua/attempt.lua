-- Counts an attempt to sign in, unless there were too many in this window of time.
-- KEYS: counters of what is limited, then the counter of all attempts
-- ARGV: now (ms), length of the window (ms), then the limit of each counter
-- returns ms to wait (0: the attempt may be made), attempts in all
local now, window, wait = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
local counted = {}
for i, key in ipairs(KEYS) do
  local kept = redis.call('HMGET', key, 'n', 'until')
  local over = not kept[2] or now >= tonumber(kept[2])
  counted[i] = { n = over and 0 or tonumber(kept[1]), ends = over and now + window or tonumber(kept[2]) }
  local most = tonumber(ARGV[2 + i] or '')
  if most and counted[i].n >= most then wait = math.max(wait, counted[i].ends - now) end
end
if wait == 0 then
  for i, key in ipairs(KEYS) do
    counted[i].n = counted[i].n + 1
    redis.call('HSET', key, 'n', counted[i].n, 'until', string.format('%.0f', counted[i].ends))
    redis.call('PEXPIRE', key, window)
  end
end
return { string.format('%.0f', wait), counted[#KEYS].n }
