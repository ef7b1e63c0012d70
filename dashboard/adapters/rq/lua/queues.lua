-- Numbers of queues at one instant.  ARGV: prefix, how many scheduled jobs are looked at, names.
-- returns {now, suspended, {for each queue: waiting, between queue and worker, running, abandoned, scheduled, deferred,
-- ready, failed, finished, canceled, enqueued_at of the first, retrying}}; '' where a key is damaged.
-- uses: read
local at, look = now(), tonumber(ARGV[2])

local function live(key)  -- not past its time; below 0 it has none
  local past = asked('ZCOUNT', key, 0, at)
  local all = asked('ZCARD', key)
  return (past == '' or all == '') and '' or all - past
end

local function retrying(key, count)
  if count == '' or count > look then return '' end
  local found = 0
  for _, id in ipairs(redis.call('ZRANGE', key, 0, look - 1)) do
    local job = fields(P .. ':job:' .. id, { 'started_at', 'retries_left', 'number_of_retries' })
    if job[1] ~= '' and (job[2] ~= '' or job[3] ~= '') then found = found + 1 end
  end
  return found
end

local rows = {}
for i = 3, #ARGV do
  local queue = ARGV[i]
  local list, wip, scheduled = P .. ':queue:' .. queue, P .. ':wip:' .. queue, P .. ':scheduled:' .. queue
  local later, first = asked('ZCARD', scheduled), asked('LINDEX', list, 0)
  rows[#rows + 1] = {
    asked('LLEN', list), asked('LLEN', list .. ':intermediate'), asked('ZCARD', wip), asked('ZCOUNT', wip, 0, at),
    later, asked('ZCARD', P .. ':deferred:' .. queue), asked('ZCARD', P .. ':ready:' .. queue),
    live(P .. ':failed:' .. queue), live(P .. ':finished:' .. queue), asked('ZCARD', P .. ':canceled:' .. queue),
    first and first ~= '' and cut(P .. ':job:' .. first, 'enqueued_at', 64) or '', retrying(scheduled, later),
  }
end
return { tostring(at), redis.call('EXISTS', P .. ':suspended'), rows }
