-- Jobs whose worker let the time pass at which it had to be heard of.  ARGV: prefix, most of each queue, queues.
-- returns {{queue, job, its worker}}.
-- uses: read
local at, found = now(), {}
for i = 3, #ARGV do
  local members = asked('ZRANGEBYSCORE', P .. ':wip:' .. ARGV[i], 0, at, 'LIMIT', 0, ARGV[2])
  for _, member in ipairs(members == '' and {} or members) do
    local id = string.match(member, '^(.*):[^:]*$') or member
    found[#found + 1] = { ARGV[i], id, (cut(P .. ':job:' .. id, 'worker_name', 512)) }
  end
end
return found
