-- Remembers of which alerts a channel did not hear because it is disabled. Comes after lines.lua.
-- KEYS: given as `outbox`
-- ARGV: none of its own
-- returns nothing; `missed` and `reached` are used by settle.lua
local function alerts_of(delivery)
  local flat, found = redis.call('HGETALL', delivery), {}
  for i = 1, #flat, 2 do
    local fingerprint = string.match(flat[i], '^b:(.*)$')
    if fingerprint then found[fingerprint] = flat[i + 1] end
  end
  return found
end

-- What it knew before the first message that it missed is what it knows.
local function missed(outbox, channel, delivery)
  for fingerprint, known in pairs(alerts_of(delivery)) do
    redis.call('HSETNX', outbox .. ':unheard:' .. channel, fingerprint, known)
  end
end

local function reached(outbox, channel, delivery)
  if redis.call('EXISTS', outbox .. ':unheard:' .. channel) == 0 then return end
  for fingerprint in pairs(alerts_of(delivery)) do
    redis.call('HDEL', outbox .. ':unheard:' .. channel, fingerprint)
  end
end
