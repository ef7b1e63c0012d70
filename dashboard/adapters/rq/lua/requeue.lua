-- Put failures back to the end of their queue, and jobs whose worker is lost.
-- ARGV: prefix, mark, its seconds, queue, now as RQ writes it, now in seconds, then for each job: its id, and '' for a
-- failure or its member of the registry of running jobs.
-- returns 1 or 0 for each.
-- uses: move, wait
local queue, text, at = ARGV[4], ARGV[5], tonumber(ARGV[6])

local function orphaned(job, member)
  local score = redis.call('ZSCORE', P .. ':wip:' .. queue, member)
  if field(job, 'status') ~= 'started' or not score or tonumber(score) >= at then return false end
  return redis.call('EXISTS', P .. ':execution:' .. member) == 0
end

local function moved(id, i)
  local job, member, failed = P .. ':job:' .. id, ARGV[i + 1], P .. ':failed:' .. queue
  if not (sound(job, 'hash') and sound(failed, 'zset') and sound(KEYS[1], 'set')) then return 0 end
  if redis.call('EXISTS', job) == 0 then
    redis.call('ZREM', failed, id)
    return 0
  end
  local target = home(job, queue)
  if not sound(P .. ':queue:' .. target, 'list') then return 0 end
  if member ~= '' then
    if not orphaned(job, member) then return 0 end
    redis.call('ZREM', P .. ':wip:' .. queue, member)
    redis.call('DEL', P .. ':executions:' .. id)
  elseif not failure(job) or redis.call('ZREM', failed, id) == 0 then
    return 0
  end
  enqueue(job, id, target, text, at)
  return 1
end

return over(7, 2, ARGV[2], ARGV[3], moved)
