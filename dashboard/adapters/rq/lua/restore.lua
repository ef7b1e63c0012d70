-- Put purged failures back as they were; what would have expired meanwhile is kept for another hour.
-- ARGV: prefix, mark, its seconds, queue, then for each job: id, start of its trash's keys.
-- returns 1 or 0 for each.
-- uses: move
local queue, HOUR = ARGV[4], 3600

local function moved(id, i)
  local failed, trash = P .. ':failed:' .. queue, ARGV[i + 1]
  if not (sound(failed, 'zset') and sound(KEYS[1], 'set')) or redis.call('EXISTS', P .. ':job:' .. id) == 1 then
    return 0
  end
  local score = redis.call('HGET', trash .. 'kept', 'score')
  if not score or redis.call('EXISTS', trash .. 'job') == 0 then return 0 end
  for part, key in pairs(parts(id)) do
    if redis.call('EXISTS', trash .. part) == 1 then
      local last = tonumber(redis.call('HGET', trash .. 'kept', part) or '') or -1
      redis.call('RENAME', trash .. part, key)
      if last < 0 then
        redis.call('PERSIST', key)
      else
        redis.call('PEXPIREAT', key, string.format('%.0f', math.max(last, milliseconds() + HOUR * 1000)))
      end
    end
  end
  local until_ = tonumber(score)
  if until_ >= 0 and until_ < now() + HOUR then score = string.format('%.0f', now() + HOUR) end
  redis.call('ZADD', failed, score, id)
  redis.call('SADD', KEYS[1], P .. ':queue:' .. queue)
  local group = redis.call('HGET', trash .. 'kept', 'group')
  if group and sound(P .. ':group:' .. group, 'set') then redis.call('SADD', P .. ':group:' .. group, id) end
  redis.call('DEL', trash .. 'kept')
  return 1
end

return over(5, 2, ARGV[2], ARGV[3], moved)
