-- Make requeued jobs that have not started failures again, as they were.
-- ARGV: prefix, mark, its seconds, queue, now as RQ writes it, now in seconds, how far to look into a long list, then
-- for each job: id, score in the registry of failures, status, enqueued_at, started_at, ended_at.
-- returns 1 or 0 for each.
-- uses: move, wait, leave
local queue, text, at, reach = ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

local function expire(key, score)
  if score < 0 then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, math.floor(score * 1000)) end
end

local function moved(id, i)
  local job, failed, score = P .. ':job:' .. id, P .. ':failed:' .. queue, tonumber(ARGV[i + 1])
  if not (score and sound(job, 'hash') and sound(failed, 'zset')) or redis.call('EXISTS', job) == 0 then return 0 end
  local status, target = field(job, 'status'), home(job, queue)
  if status ~= 'queued' and status ~= 'rate_limited' or field(job, 'started_at') ~= '' then return 0 end
  if not sound(P .. ':queue:' .. target, 'list') or leave(job, id, target, reach, text, at) ~= true then return 0 end
  if score >= 0 then score = math.max(score, at + 3600) end
  redis.call('HSET', job, 'status', ARGV[i + 2], 'enqueued_at', ARGV[i + 3], 'started_at', ARGV[i + 4],
    'ended_at', ARGV[i + 5])
  redis.call('ZADD', failed, score == tonumber(ARGV[i + 1]) and ARGV[i + 1] or score, id)
  expire(job, score)
  expire(job .. ':dependents', score)
  expire(P .. ':job::' .. id .. ':dependencies', score)
  return 1
end

return over(8, 6, ARGV[2], ARGV[3], moved)
