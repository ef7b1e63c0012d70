-- Members of sorted sets from a score on.
-- KEYS: the sets. ARGV: most of each, then for each the score to begin at and how many to pass over.
-- returns for each {member, score, member, score, …}; empty for what is no sorted set.
local found = {}
for i = 1, #KEYS do
  local got = redis.pcall(
    'ZRANGEBYSCORE', KEYS[i], ARGV[2 * i], '+inf', 'WITHSCORES', 'LIMIT', ARGV[2 * i + 1], ARGV[1]
  )
  found[i] = got.err and {} or got
end
return found
