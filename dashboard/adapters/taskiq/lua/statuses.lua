-- What requeued tasks do.
-- KEYS: the stream, then for each its result and what was kept aside. ARGV: most bytes of a result, group of the workers,
-- entry that was fetched last, after how many bytes no more results are read.
-- returns {how many were looked at, for each {`anew`, `ended`, `runs`, `waits`, `fetched` or nothing, its result}}. It ended
-- anew when it was put back, which took its former result away; else the result may be the one from before.
local found, left = {(#KEYS - 1) / 2}, tonumber(ARGV[4])
local streamed = redis.call('TYPE', KEYS[1]).ok == 'stream'
for i = 2, #KEYS, 2 do
  if left <= 0 then found[1] = i / 2 - 1; break end
  local state, told = '', ''
  local size = redis.pcall('STRLEN', KEYS[i])
  if type(size) == 'number' and size > 0 then
    state = type(redis.pcall('HGET', KEYS[i + 1], 'entry')) == 'string' and 'anew' or 'ended'
    if size <= tonumber(ARGV[1]) then left = left - size; told = redis.call('GET', KEYS[i]) end
  else
    local entry = redis.pcall('HGET', KEYS[i + 1], 'entry')
    if streamed and type(entry) == 'string' then
      if #redis.call('XRANGE', KEYS[1], '(' .. ARGV[3], entry, 'COUNT', 1) > 0 then state = 'waits'
      elseif ARGV[2] ~= '' and #redis.call('XPENDING', KEYS[1], ARGV[2], entry, entry, 1) > 0 then state = 'runs'
      else state = 'fetched' end
    end
  end
  found[#found + 1] = {state, told}
end
return found
