-- Adds a change to the audit log, and forgets the oldest ones.
-- KEYS: audit log
-- ARGV: entry (JSON), entries kept at most, seconds for which they are kept; both bounds may be passed by a few entries
-- returns the entry's id
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'entry', ARGV[1])
local oldest = math.max(0, tonumber(redis.call('TIME')[1]) - tonumber(ARGV[3]))
redis.call('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', oldest * 1000))
return id
