-- Put a failed job back to the end of its queue, with all its attempts.
-- KEYS: mark, start of the queue's keys, what is kept of the failure so that it can be taken back.
-- ARGV: id, seconds of the mark or '', 1 where a paused queue has a list of its own, seconds to keep the failure,
-- other arguments or ''.
-- returns 1, or 0 when it has not failed.
local id, base, job = ARGV[1], KEYS[2], KEYS[2] .. ARGV[1]
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], id) == 1 then return 1 end
local score = redis.call('ZSCORE', base .. 'failed', id)
if not score or redis.call('EXISTS', job) == 0 then return 0 end
redis.call('ZREM', base .. 'failed', id)

redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'score', score)
for _, field in ipairs({ 'finishedOn', 'processedOn', 'failedReason', 'atm', 'ats' }) do
  local value = redis.call('HGET', job, field)
  if value then redis.call('HSET', KEYS[3], '.' .. field, value) end
end
redis.call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason', 'atm', 'ats')
if ARGV[5] ~= '' then redis.call('HSET', job, 'data', ARGV[5]) end

local meta = redis.call('HMGET', base .. 'meta', 'paused', 'concurrency', 'opts.maxLenEvents')
local idle = not meta[1] and not (meta[2] and redis.call('LLEN', base .. 'active') >= tonumber(meta[2]))
local priority = tonumber(redis.call('HGET', job, 'priority')) or 0
if priority > 0 then
  local counter = redis.call('INCR', base .. 'pc')
  redis.call('ZADD', base .. 'prioritized', string.format('%.0f', priority * 4294967296 + counter % 4294967296), id)
else
  redis.call('LPUSH', base .. ((meta[1] and ARGV[3] == '1') and 'paused' or 'wait'), id)
end
if idle then redis.call('ZADD', base .. 'marker', 0, '0') end

local parent = redis.call('HGET', job, 'parentKey')
if parent and redis.call('EXISTS', parent) == 1 then
  local at, why = redis.call('ZSCORE', parent .. ':unsuccessful', job), redis.call('HGET', parent .. ':failed', job)
  if at then redis.call('HSET', KEYS[3], 'unsuccessful', at) end
  if why then redis.call('HSET', KEYS[3], 'failed', why) end
  if redis.call('ZREM', parent .. ':unsuccessful', job) == 1 or redis.call('HDEL', parent .. ':failed', job) == 1 then
    redis.call('SADD', parent .. ':dependencies', job)
  end
end
redis.call('EXPIRE', KEYS[3], ARGV[4])
local most = meta[3] or 10000
redis.call('XADD', base .. 'events', 'MAXLEN', '~', most, '*', 'event', 'waiting', 'jobId', id, 'prev', 'failed')
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], id); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
