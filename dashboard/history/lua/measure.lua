-- How much memory hashes take.  KEYS: last readings, then at most 100 hashes.  ARGV: fields of the first.
-- returns {readings, {bytes, fields} for each hash}; bytes -1 where the server does not tell, 0 where there is none
local found = { #ARGV > 0 and redis.call('HMGET', KEYS[1], unpack(ARGV)) or {} }
for i = 2, math.min(#KEYS, 101) do
  local bytes = redis.pcall('MEMORY', 'USAGE', KEYS[i], 'SAMPLES', '0')
  if type(bytes) == 'table' then bytes = -1 end
  found[i] = { bytes or 0, redis.call('HLEN', KEYS[i]) }
end
return found
