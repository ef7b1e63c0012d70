-- Keep some tasks that succeeded, by their kind, at the dashboard's store: spread over time, the newest of each kind.
-- KEYS: 1 the kinds by when one was last seen; the tasks of one lie at its SHA-1 behind it.
-- ARGV: 1 most kinds, 2 most tasks of a kind, 3 seconds between two of a kind of which there are enough, 4 seconds for
--   which they are kept, 5 unix seconds, then for each task: kind, unix seconds of its end, task (empty: only seen).
-- returns how many kinds there are.
local kinds, most, apart, kept, now = unpack(ARGV, 1, 5)

local function key(kind) return KEYS[1] .. ':' .. redis.sha1hex(kind) end

for i = 6, #ARGV, 3 do
  local kind, at, task = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local own = key(kind)
  redis.call('ZADD', KEYS[1], now, kind)
  redis.call('ZREMRANGEBYSCORE', own, '-inf', now - kept)
  local newest = tonumber(redis.call('ZRANGE', own, -1, -1, 'WITHSCORES')[2] or 0)
  if task ~= '' and (redis.call('ZCARD', own) < tonumber(most) or at - newest >= tonumber(apart)) then
    redis.call('ZADD', own, at, task)
    redis.call('ZREMRANGEBYRANK', own, 0, -1 - most)
    redis.call('EXPIRE', own, kept)
  end
end
while redis.call('ZCARD', KEYS[1]) > tonumber(kinds) do
  redis.call('UNLINK', key(redis.call('ZPOPMIN', KEYS[1])[1]))
end
redis.call('EXPIRE', KEYS[1], kept)
return redis.call('ZCARD', KEYS[1])
