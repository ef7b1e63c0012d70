-- What jobs do now.  ARGV: prefix, queue, ids.
-- returns for each {status, '' when there is no such job; score among the failures, '' when it is not there}.
-- uses: read
local found = {}
for i = 3, #ARGV do
  local score = asked('ZSCORE', P .. ':failed:' .. ARGV[2], ARGV[i])
  local status = cut(P .. ':job:' .. ARGV[i], 'status', 64)
  found[i - 2] = { status, score or '' }
end
return found
