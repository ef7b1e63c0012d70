-- Names that were seen since a time, at the dashboard's store.
-- KEYS: 1 names.  ARGV: 1 unix seconds, 2 most names.
-- returns {unix seconds now, {name, when it was seen last, …}}, the last seen first.
local rows = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
return { redis.call('TIME')[1], rows }
