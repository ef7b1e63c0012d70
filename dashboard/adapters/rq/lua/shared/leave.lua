-- Taking a job that waits or has ended away from where it is.
-- REGISTRIES: the sorted set of each status that has one.
local REGISTRIES = {
  scheduled = 'scheduled', deferred = 'deferred', ready_to_enqueue = 'ready', canceled = 'canceled',
  finished = 'finished',
}
-- forget_dependencies(job, id): so that it is not enqueued when what it waits for ends.
local function forget_dependencies(job, id)
  local fine, ids = pcall(cjson.decode, field(job, 'dependency_ids'))
  if not fine or type(ids) ~= 'table' then ids = { field(job, 'dependency_id') } end
  for i = 1, math.min(#ids, 1000) do
    local key = P .. ':job:' .. tostring(ids[i]) .. ':dependents'
    if sound(key, 'set') then redis.call('SREM', key, id) end
  end
end
-- leave(job, id, queue, reach, text, at): whether it was found where its status says; else 'deep' for an id that is
-- too far inside a long list.
local function leave(job, id, queue, reach, text, at)
  local status = field(job, 'status')
  local limit, most = slots(job)
  if status == 'rate_limited' then
    return limit and redis.call('ZREM', P .. ':rl:' .. limit .. ':rate_limited', id) == 1
  end
  if REGISTRIES[status] then
    if status == 'deferred' then forget_dependencies(job, id) end
    return redis.call('ZREM', P .. ':' .. REGISTRIES[status] .. ':' .. queue, id) == 1
  end
  if status ~= 'queued' then return false end
  local list = P .. ':queue:' .. queue
  if not unlist(list, id, reach) then return redis.call('LLEN', list) > 2 * reach and 'deep' end
  if limit and redis.call('ZREM', P .. ':rl:' .. limit .. ':allowed', id) == 1 then admit(limit, most, text, at) end
  return true
end
