-- Numbers of queues.
-- KEYS: of each queue its list, its messages, its delayed messages and its dead ones. ARGV: none.
-- returns for each {waiting, messages, delayed, dead, the end of the next message}; -1 for a key of another type.
local function length(command, key)
  local got = redis.pcall(command, key)
  return type(got) == 'number' and got or -1
end
local found = {}
for i = 1, #KEYS, 4 do
  local list, messages = KEYS[i], KEYS[i + 1]
  local row = {length('LLEN', list), length('HLEN', messages), length('HLEN', KEYS[i + 2]), length('ZCARD', KEYS[i + 3])}
  local ending = ''
  if row[1] > 0 and row[2] > 0 then
    local message = redis.call('HGET', messages, redis.call('LINDEX', list, 0))
    ending = message and string.sub(message, -150) or ''
  end
  row[5] = ending
  found[#found + 1] = row
end
return found
