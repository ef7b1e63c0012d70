-- Messages of a hash.
-- KEYS: the hash. ARGV: most bytes of a message, then ids.
-- returns for each {size, message}; size -1 when there is none, the message empty when it is larger.
local found = {}
local fits = redis.call('TYPE', KEYS[1]).ok == 'hash'
for i = 2, #ARGV do
  local size = fits and redis.call('HSTRLEN', KEYS[1], ARGV[i]) or 0
  local there = size > 0 or (fits and redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1)
  local read = there and size <= tonumber(ARGV[1]) and redis.call('HGET', KEYS[1], ARGV[i]) or ''
  found[#found + 1] = {there and size or -1, read}
end
return found
