-- The channels of pages, and how each channel works.
-- KEYS: channels of pages
-- ARGV: beginning of the key of how a channel works, then the names of the file's channels
-- returns {channels of pages flat, {name, {how it works, flat}, …}}
local stored, names, found = redis.call('HGETALL', KEYS[1]), { unpack(ARGV, 2) }, {}
for i = 1, #stored, 2 do names[#names + 1] = stored[i] end
for i = 1, math.min(500, #names) do
  found[#found + 1] = names[i]
  found[#found + 1] = redis.call('HGETALL', ARGV[1] .. names[i])
end
return { stored, found }
