-- Put a failure back with other arguments.
-- ARGV: prefix, queue, id, now as RQ writes it, now in seconds, SHA-1 of the data as it was seen, new data, description.
-- returns 'done' | 'missing' | 'changed' | its status.
-- uses: move, wait
local queue, id, text, at = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local job, failed = P .. ':job:' .. id, P .. ':failed:' .. queue
if not (sound(job, 'hash') and sound(failed, 'zset') and sound(KEYS[1], 'set')) or redis.call('EXISTS', job) == 0 then
  return 'missing'
end
local target = home(job, queue)
if not failure(job) or not sound(P .. ':queue:' .. target, 'list') then return field(job, 'status') end
if redis.sha1hex(field(job, 'data')) ~= ARGV[6] then return 'changed' end
if redis.call('ZREM', failed, id) == 0 then return 'missing' end
redis.call('HSET', job, 'data', ARGV[7], 'description', ARGV[8])
enqueue(job, id, target, text, at)
return 'done'
