-- Cancel a job that waits.  ARGV: prefix, queue, id, now as RQ writes it, now in seconds, how far to look into a list.
-- returns {'done'}, or why not: {'missing' | 'elsewhere' | 'deep' | its status, its worker}.
-- uses: move, wait, leave
local queue, id, text, at, reach = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local job, canceled = P .. ':job:' .. id, P .. ':canceled:' .. queue
if not sound(job, 'hash') or redis.call('EXISTS', job) == 0 or home(job, queue) ~= queue then return { 'missing' } end
local status = field(job, 'status')
local waits = { queued = 1, scheduled = 1, deferred = 1, rate_limited = 1, ready_to_enqueue = 1 }
if not waits[status] then return { status, field(job, 'worker_name') } end
if not sound(canceled, 'zset') then return { 'elsewhere' } end
local left = leave(job, id, queue, reach, text, at)
if left ~= true then return { left or 'elsewhere' } end
redis.call('HSET', job, 'status', 'canceled')
redis.call('ZADD', canceled, at, id)
return { 'done' }
