-- Records what the source says a part has done in all; ends the operation with its last part.
-- KEYS: operation, open operations, original operation
-- ARGV: driver, id, now (unix seconds), part, done, skipped, part finished (0 | 1), jobs granted but not met,
--       end of the time in which it can be undone (unix seconds, '' = none)
-- returns the state, or 'lost' when another driver has it; totals only grow, so that a late note changes nothing
local record = redis.call('HMGET', KEYS[1], 'state', 'driver', 'part', 'part_count', 'of', 'matched', 'tokens', 'mark_at', 'mark_done')
local state, part, now = record[1], tonumber(ARGV[4]), tonumber(ARGV[3])
if not state or record[2] ~= ARGV[1] then return 'lost' end
local function grow(field, total, value)
  local more = tonumber(value) - tonumber(redis.call('HGET', KEYS[1], field .. part) or '0')
  if more <= 0 then return end
  redis.call('HSET', KEYS[1], field .. part, value)
  redis.call('HINCRBY', KEYS[1], total, more)
end
grow('done:', 'done', ARGV[5])
grow('skipped:', 'skipped', ARGV[6])
local done = tonumber(redis.call('HGET', KEYS[1], 'done'))
local mark_at, mark_done = tonumber(record[8] or now), tonumber(record[9] or '0')
if now - mark_at >= 2 then
  redis.call('HSET', KEYS[1], 'rate', string.format('%.3f', (done - mark_done) / (now - mark_at)), 'mark_at', ARGV[3], 'mark_done', done)
end
redis.call('HSET', KEYS[1], 'problem', '', 'changed', ARGV[3], 'tokens', string.format('%.6f', tonumber(record[7] or '0') + tonumber(ARGV[8])))
local next = tonumber(record[3])
if ARGV[7] == '1' and part >= next then next = part + 1 end
redis.call('HSET', KEYS[1], 'part', next, 'undo_until', ARGV[9])
if next < tonumber(record[4]) or (state ~= 'canary' and state ~= 'running') then return state end
redis.call('HSET', KEYS[1], 'state', 'done', 'finished', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[2])
if record[5] and record[5] ~= '' then
  -- What could not be brought back any more counts as skipped.
  redis.call('HSET', KEYS[1], 'skipped', math.max(0, tonumber(record[6]) - done))
  if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('HSET', KEYS[3], 'state', 'undone') end
end
return 'done'
