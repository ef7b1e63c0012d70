-- Members of sorted sets from a score on.
-- KEYS: the sets. ARGV: for each the score to begin at, how many to pass over, how many to read at most.
-- returns for each {member, score, member, score, …}; empty for what is no sorted set.
local found = {}
for i = 1, #KEYS do
  local from, passed, most = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  local got = redis.pcall('ZRANGEBYSCORE', KEYS[i], from, '+inf', 'WITHSCORES', 'LIMIT', passed, most)
  found[i] = got.err and {} or got
end
return found
