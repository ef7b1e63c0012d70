-- Finished jobs at some ranks of their registry.  ARGV: prefix, queue, most bytes of data, ranks.
-- returns for each that is there {id, fields, data, bytes of data}.
-- uses: read
local FIELDS = {'status', 'created_at', 'enqueued_at', 'started_at', 'ended_at', 'description'}
local rows = {}
for i = 4, #ARGV do
  local found = asked('ZRANGE', P .. ':finished:' .. ARGV[2], ARGV[i], ARGV[i])
  local id = type(found) == 'table' and found[1]
  if id then
    local key = P .. ':job:' .. id
    local data, size = cut(key, 'data', tonumber(ARGV[3]))
    rows[#rows + 1] = {id, fields(key, FIELDS), data, size}
  end
end
return rows
