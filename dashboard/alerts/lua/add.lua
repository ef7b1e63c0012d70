-- Keeps a new silence, window or rule, and forgets silences that ended long ago.
-- KEYS: hash of silences, windows or rules
-- ARGV: id or name, JSON, forget what ended before (unix seconds), most that are kept
-- returns 1, 0 when there are that many already, or -1 when the id is taken
local kept = redis.call('HGETALL', KEYS[1])
local count = #kept / 2
for i = 1, math.min(#kept, 2000), 2 do
  local known, record = pcall(cjson.decode, kept[i + 1])
  local ends = known and type(record) == 'table' and record.ends_at
  if type(ends) == 'number' and ends < tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], kept[i])
    count = count - 1
  end
end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return -1 end
if count >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
