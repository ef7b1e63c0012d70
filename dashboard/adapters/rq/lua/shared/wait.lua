-- Jobs that wait: in their queue's list, or held back by a rate limit (RQ 3).
-- admit(limit, most, text, at): let jobs that are held back into their queues while there are free slots.
local function admit(limit, most, text, at)
  local key = P .. ':rl:' .. limit
  for _ = 1, 1000 do
    if redis.call('ZCARD', key .. ':allowed') >= most then return end
    local id = redis.call('ZPOPMIN', key .. ':rate_limited')[1]
    if not id then return end
    local job = P .. ':job:' .. id
    local origin = redis.call('HGET', job, 'origin')
    if origin and redis.call('HGET', job, 'status') == 'rate_limited' then
      redis.call('ZADD', key .. ':allowed', at, id)
      local push = redis.call('HGET', job, 'enqueue_at_front') == '1' and 'LPUSH' or 'RPUSH'
      redis.call(push, P .. ':queue:' .. origin, id)
      redis.call('HSET', job, 'status', 'queued', 'enqueued_at', text)
    end
  end
end
-- slots(job): name and size of a job's rate limit, nil when it has none.
local function slots(job)
  local limit = redis.call('HGET', job, 'rate_limit_key')
  if not limit or limit == '' then return nil end
  return limit, tonumber(redis.call('HGET', job, 'rate_limit_concurrency') or '') or 1
end
-- enqueue(job, id, queue, text, at): make a job wait at the end of its queue, for as long as it may.
local function enqueue(job, id, queue, text, at)
  redis.call('HSET', job, 'status', 'queued', 'origin', queue, 'enqueued_at', text, 'started_at', '', 'ended_at', '')
  redis.call('HDEL', job, 'exc_info')
  local ttl = tonumber(redis.call('HGET', job, 'ttl') or '')
  if ttl and ttl > 0 then redis.call('EXPIRE', job, ttl) else redis.call('PERSIST', job) end
  redis.call('PERSIST', job .. ':dependents')
  redis.call('PERSIST', P .. ':job::' .. id .. ':dependencies')
  redis.call('SADD', KEYS[1], P .. ':queue:' .. queue)
  local limit, most = slots(job)
  if not limit then return redis.call('RPUSH', P .. ':queue:' .. queue, id) end
  redis.call('HSET', job, 'status', 'rate_limited')
  redis.call('SADD', P .. ':rl-keys', limit)
  redis.call('HSET', P .. ':rl:' .. limit, 'concurrency', most)
  redis.call('ZADD', P .. ':rl:' .. limit .. ':rate_limited', at, id)
  admit(limit, most, text, at)
end
-- unlist(list, id, reach): take an id out of a list; not found beyond `reach` items from an end of a long one.
local function unlist(list, id, reach)
  if redis.call('LLEN', list) <= 2 * reach then return redis.call('LREM', list, -1, id) > 0 end
  for _, rank in ipairs({ -1, 1 }) do
    if type(redis.pcall('LPOS', list, id, 'RANK', rank, 'MAXLEN', reach)) == 'number' then
      return redis.call('LREM', list, rank, id) > 0
    end
  end
  return false
end
