-- Ask the worker that runs a job to stop it.
-- KEYS: job, running, unfinished, what keeps it from being enqueued meanwhile. ARGV: SHA-1 of the job, the job as one
-- that is to be aborted, for how many seconds it is kept from being enqueued.
-- returns 1; 0 when it changed meanwhile.
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.sha1hex(redis.call('GET', KEYS[1])) ~= ARGV[1] then return 0 end
redis.pcall('ZREM', KEYS[3], KEYS[1])
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SETEX', KEYS[4], ARGV[3], 'aborted')
redis.call('PUBLISH', KEYS[1], 'aborting')
redis.pcall('LREM', KEYS[2], 0, KEYS[1])
return 1
