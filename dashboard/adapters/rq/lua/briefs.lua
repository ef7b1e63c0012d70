-- Jobs as lists show them.  ARGV: prefix, ids.
-- returns for each {exists, fields, start of its data, bytes of its data}.
-- uses: read
local FIELDS = {
  'status', 'origin', 'created_at', 'enqueued_at', 'started_at', 'ended_at', 'worker_name', 'timeout', 'retries_left',
  'number_of_retries', 'description', 'repeats_left',
}
local rows = {}
for i = 2, #ARGV do
  local key = P .. ':job:' .. ARGV[i]
  local data, size = cut(key, 'data', 65536)
  rows[#rows + 1] = { redis.call('EXISTS', key), fields(key, FIELDS), string.sub(data, 1, 1024), size }
end
return rows
