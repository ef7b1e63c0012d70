-- Take failures away, keeping their keys under other names for a time.
-- ARGV: prefix, mark, its seconds, queue, milliseconds to keep them, then for each job: id, start of its trash's keys.
-- returns 1 or 0 for each.
-- uses: move
local queue, keep = ARGV[4], tonumber(ARGV[5])

local function moved(id, i)
  local job, failed, trash = P .. ':job:' .. id, P .. ':failed:' .. queue, ARGV[i + 1]
  if not (sound(job, 'hash') and sound(failed, 'zset')) or redis.call('EXISTS', job) == 0 or not failure(job) then
    return 0
  end
  local score = redis.call('ZSCORE', failed, id)
  if not score then return 0 end
  redis.call('ZREM', failed, id)
  local kept = { 'score', score }
  local group = field(job, 'group_id')
  if group ~= '' and sound(P .. ':group:' .. group, 'set') and redis.call('SREM', P .. ':group:' .. group, id) == 1 then
    kept = { 'score', score, 'group', group }
  end
  for part, key in pairs(parts(id)) do
    local left = redis.call('PTTL', key)
    if left == -2 then
      redis.call('DEL', trash .. part)
    else
      redis.call('RENAME', key, trash .. part)
      redis.call('PEXPIRE', trash .. part, keep)
      kept[#kept + 1] = part
      kept[#kept + 1] = left < 0 and '-1' or string.format('%.0f', milliseconds() + left)
    end
  end
  redis.call('DEL', trash .. 'kept')
  redis.call('HSET', trash .. 'kept', unpack(kept))
  redis.call('PEXPIRE', trash .. 'kept', keep)
  return 1
end

return over(6, 2, ARGV[2], ARGV[3], moved)
