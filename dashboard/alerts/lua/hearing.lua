-- Which channels are disabled, and of which alerts they did not hear what they were to be told.
-- KEYS: outbox
-- ARGV: most alerts of each, names of channels
-- returns for each channel {1 when it is disabled, else 0, {fingerprint, what it knew before, …}}
local found = {}
for i = 2, #ARGV do
  local disabled = redis.call('HEXISTS', KEYS[1] .. ':channel:' .. ARGV[i], 'disabled')
  found[#found + 1] = { disabled, redis.call('HSCAN', KEYS[1] .. ':unheard:' .. ARGV[i], '0', 'COUNT', ARGV[1])[2] }
end
return found
