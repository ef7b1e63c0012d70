-- What is known of alerts, and the rules made on pages, in one reading.
-- KEYS: alerts, rules
-- ARGV: most of each
-- returns {alerts flat, rules flat}: name, JSON, …
local function some(key, most)
  local found, cursor = {}, '0'
  repeat
    local page = redis.call('HSCAN', key, cursor, 'COUNT', most)
    cursor = page[1]
    for i = 1, #page[2] do found[#found + 1] = page[2][i] end
  until cursor == '0' or #found >= 2 * most
  return found
end
return { some(KEYS[1], tonumber(ARGV[1])), some(KEYS[2], tonumber(ARGV[1])) }
