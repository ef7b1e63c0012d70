-- End a job that waits, or forget one that has ended.
-- KEYS: job, waiting, unfinished.
-- ARGV: SHA-1 of the job, the job as it is then (empty: none), for how many milliseconds it is kept (0 for ever, -1 not
-- at all), how many ids from either end of the list are looked at.
-- returns 1; 0 when it changed meanwhile, or was taken by a worker, or is too far from both ends of the list.
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.sha1hex(redis.call('GET', KEYS[1])) ~= ARGV[1] then return 0 end
local score = redis.pcall('ZSCORE', KEYS[3], KEYS[1])
local waits = type(score) == 'string'
if waits and tonumber(score) == 0 then
  if redis.call('LPOS', KEYS[2], KEYS[1], 'MAXLEN', ARGV[4]) then
    redis.call('LREM', KEYS[2], 1, KEYS[1])
  elseif redis.call('LPOS', KEYS[2], KEYS[1], 'RANK', -1, 'MAXLEN', ARGV[4]) then
    redis.call('LREM', KEYS[2], -1, KEYS[1])
  else
    return 0
  end
end
if waits then redis.call('ZREM', KEYS[3], KEYS[1]) end
if ARGV[2] == '' or ARGV[3] == '-1' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2])
  if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
end
if ARGV[2] ~= '' then redis.call('PUBLISH', KEYS[1], 'aborted') end
return 1
