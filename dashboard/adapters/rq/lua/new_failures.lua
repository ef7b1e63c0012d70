-- Ids of what failed lately: it expires the latest of all failures that are kept for the same time.
-- ARGV: prefix, most ids for each range, seconds by which clocks may differ, then for each range: queue, for how many
-- seconds failures are kept, score to begin at, how many to pass over.
-- returns {now, {for each range: size of the registry, ids and scores in turn}}.
-- uses: read
local at, rows = now(), {}
for i = 4, #ARGV, 4 do
  local key = P .. ':failed:' .. ARGV[i]
  local last = at + tonumber(ARGV[i + 1]) + tonumber(ARGV[3])
  local found = asked('ZRANGEBYSCORE', key, ARGV[i + 2], last, 'WITHSCORES', 'LIMIT', ARGV[i + 3], ARGV[2])
  rows[#rows + 1] = { asked('ZCARD', key), found == '' and {} or found }
end
return { tostring(at), rows }
