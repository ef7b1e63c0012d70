-- A requeued job that no worker has taken as the failure that it was.
-- KEYS: mark, job, waiting, unfinished.
-- ARGV: key, 1 when the mark counts, its seconds, SHA-1 of the job, the failure, for how many milliseconds it is kept (0
-- for ever), how many ids from either end of the list are looked at.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local types = {'string', 'list', 'zset'}
for i = 1, 3 do
  if redis.call('TYPE', KEYS[i + 1]).ok ~= types[i] then return 0 end
end
if redis.sha1hex(redis.call('GET', KEYS[2])) ~= ARGV[4] then return 0 end
if redis.call('LPOS', KEYS[3], KEYS[2], 'RANK', -1, 'MAXLEN', ARGV[7]) then
  redis.call('LREM', KEYS[3], -1, KEYS[2])
elseif redis.call('LPOS', KEYS[3], KEYS[2], 'MAXLEN', ARGV[7]) then
  redis.call('LREM', KEYS[3], 1, KEYS[2])
else
  return 0
end
redis.call('ZREM', KEYS[4], KEYS[2])
redis.call('SET', KEYS[2], ARGV[5])
if tonumber(ARGV[6]) > 0 then redis.call('PEXPIRE', KEYS[2], ARGV[6]) end
redis.call('PUBLISH', KEYS[2], 'failed')
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
