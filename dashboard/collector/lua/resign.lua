-- Gives the lease back, so that another collector leads at once; the epoch stays.
-- KEYS: lease
-- ARGV: holder
-- returns 1, or 0 when another one holds it
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'holder', '', 'until', 0)
return 1
