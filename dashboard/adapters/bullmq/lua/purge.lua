-- Take a failed job away; all that belongs to it is kept for a time under other names.
-- KEYS: mark, start of the queue's keys, start of the names under which it is kept.
-- ARGV: id, seconds of the mark or '', milliseconds to keep it.
-- returns 1, or 0 when it has not failed, or other jobs or a schedule still need it.
local id, base, job = ARGV[1], KEYS[2], KEYS[2] .. ARGV[1]
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], id) == 1 then return 1 end
local score = redis.call('ZSCORE', base .. 'failed', id)
if not score or redis.call('EXISTS', job) == 0 then return 0 end

local known = redis.call('HMGET', job, 'parentKey', 'rjk')
if known[1] and redis.call('SISMEMBER', known[1] .. ':dependencies', job) == 1 then return 0 end
if redis.call('SCARD', job .. ':dependencies') > 0 then return 0 end
if known[2] then
  local due = redis.call('ZSCORE', base .. 'repeat', known[2])
  if due and id == 'repeat:' .. known[2] .. ':' .. due then return 0 end
end

redis.call('ZREM', base .. 'failed', id)
for _, part in ipairs({ '', ':logs', ':processed', ':failed', ':unsuccessful' }) do
  redis.call('DEL', KEYS[3] .. part)
  if redis.call('EXISTS', job .. part) == 1 then
    redis.call('RENAME', job .. part, KEYS[3] .. part)
    redis.call('PEXPIRE', KEYS[3] .. part, ARGV[3])
  end
end
redis.call('SET', KEYS[3] .. ':score', score, 'PX', ARGV[3])
local most = redis.call('HGET', base .. 'meta', 'opts.maxLenEvents') or 10000
redis.call('XADD', base .. 'events', 'MAXLEN', '~', most, '*', 'event', 'removed', 'jobId', id, 'prev', 'failed')
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], id); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
