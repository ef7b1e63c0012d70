-- How many jobs wait in queues, and since when the next one of each.
-- KEYS: their lists. returns for each {length, when it was enqueued as text}; false where that is not known.
local rows = {}
for i, key in ipairs(KEYS) do
  local length = redis.pcall('LLEN', key)
  if type(length) ~= 'number' then
    rows[i] = { false, false }
  else
    local next_one = redis.call('LINDEX', key, -1)
    rows[i] = { length, next_one and string.match(next_one, '"enqueued_at":([%d%.]+)') or false }
  end
end
return rows
