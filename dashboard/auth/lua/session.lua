-- Reads a session and keeps it alive; a server that takes no writes still answers.
-- KEYS: session
-- ARGV: now (ms), idle limit (ms), ms after which being seen is written down again
-- returns {name, role, opened (ms), ends (ms)} | {} there is none, or it is over
local kept = redis.call('HMGET', KEYS[1], 'name', 'role', 'opened', 'ends', 'seen')
for i = 1, 5 do
  if not kept[i] then return {} end
end
local now, ends, seen = tonumber(ARGV[1]), tonumber(kept[4]), tonumber(kept[5])
if not ends or not seen or now >= ends or now - seen >= tonumber(ARGV[2]) then return {} end
if now - seen >= tonumber(ARGV[3]) then
  redis.pcall('PEXPIRE', KEYS[1], ARGV[2])
  redis.pcall('HSET', KEYS[1], 'seen', ARGV[1])
end
return { kept[1], kept[2], kept[3], kept[4] }
