-- Make a requeued job that has not started a failure again, as it was.
-- KEYS: mark, start of the queue's keys, what was kept of the failure. ARGV: id, seconds of the mark or '', how many
-- of the last that came are searched for it.
-- returns 1, or 0 when it started, was not requeued from here, or is not found.
local id, base, job = ARGV[1], KEYS[2], KEYS[2] .. ARGV[1]
if ARGV[2] ~= '' and redis.call('SISMEMBER', KEYS[1], id) == 1 then return 1 end
local kept = redis.call('HGETALL', KEYS[3])
if #kept == 0 or redis.call('EXISTS', job) == 0 or redis.call('EXISTS', job .. ':lock') == 1 then return 0 end
if redis.call('HEXISTS', job, 'processedOn') == 1 then return 0 end

local taken = redis.call('ZREM', base .. 'prioritized', id)
for _, list in ipairs({ 'wait', 'paused' }) do
  if taken == 0 and redis.call('LPOS', base .. list, id, 'MAXLEN', ARGV[3]) then
    taken = redis.call('LREM', base .. list, 1, id)
  end
end
if taken == 0 then return 0 end

local parent = redis.call('HGET', job, 'parentKey')
for i = 1, #kept, 2 do
  local name, value = kept[i], kept[i + 1]
  if name == 'score' then redis.call('ZADD', base .. 'failed', value, id)
  elseif name == 'unsuccessful' then redis.call('ZADD', parent .. ':unsuccessful', value, job)
  elseif name == 'failed' then redis.call('HSET', parent .. ':failed', job, value)
  else redis.call('HSET', job, string.sub(name, 2), value) end
  if name == 'unsuccessful' or name == 'failed' then redis.call('SREM', parent .. ':dependencies', job) end
end
redis.call('DEL', KEYS[3])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[1], id); redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
