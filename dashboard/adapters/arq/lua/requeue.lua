-- A failure back to the end of its queue; its result is kept aside for as long as arq would have kept it.
-- KEYS: mark, result, job, queue, how often it was begun, the key of one that runs, result aside, whether for ever.
-- ARGV: id, 1 when the mark counts, its seconds, SHA-1 of the result, the job, milliseconds now, milliseconds for which
-- the job is kept.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local is = redis.call('TYPE', KEYS[4]).ok
if redis.call('TYPE', KEYS[2]).ok ~= 'string' or (is ~= 'zset' and is ~= 'none') then return 0 end
if redis.sha1hex(redis.call('GET', KEYS[2])) ~= ARGV[4] or redis.call('EXISTS', KEYS[3], KEYS[6]) > 0 then return 0 end
if redis.call('ZSCORE', KEYS[4], ARGV[1]) then return 0 end
redis.call('DEL', KEYS[8])
if redis.call('PTTL', KEYS[2]) < 0 then
  redis.call('SET', KEYS[8], '1', 'PX', ARGV[7])
  redis.call('PEXPIRE', KEYS[2], ARGV[7])
end
redis.call('RENAME', KEYS[2], KEYS[7])
redis.call('PSETEX', KEYS[3], ARGV[7], ARGV[5])
redis.call('DEL', KEYS[5])
redis.call('ZADD', KEYS[4], ARGV[6], ARGV[1])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
