-- Failures, to be mirrored.  ARGV: prefix, queue, most bytes of data, most bytes of results, ids.
-- returns for each {score, fields, data, bytes of data, runs that ended, newest entry, bytes of results}.
-- uses: read
local FIELDS = {
  'status', 'origin', 'created_at', 'enqueued_at', 'started_at', 'ended_at', 'worker_name', 'failure_ttl', 'description',
  'retries_left', 'retry_intervals',
}
local rows = {}
for i = 5, #ARGV do
  local id = ARGV[i]
  local key = P .. ':job:' .. id
  local data, size = cut(key, 'data', tonumber(ARGV[3]))
  local entries, bytes = results(id, 1, tonumber(ARGV[4]))
  local ended = asked('XLEN', P .. ':results:' .. id)
  rows[#rows + 1] = {
    asked('ZSCORE', P .. ':failed:' .. ARGV[2], id) or '', fields(key, FIELDS), data, size, ended, entries, bytes,
  }
end
return rows
