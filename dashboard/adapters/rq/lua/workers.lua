-- Workers as they report themselves.  ARGV: prefix, names.
-- returns {now, {for each: milliseconds it is kept (-2: it is gone), its fields, members of what it runs}}.
-- uses: read
local FIELDS = {
  'birth', 'last_heartbeat', 'queues', 'pid', 'hostname', 'version', 'state', 'successful_job_count',
  'failed_job_count', 'death', 'current_job', 'shutdown_requested_date',
}
local rows = {}
for i = 2, #ARGV do
  local key = P .. ':worker:' .. ARGV[i]
  local runs = asked('SRANDMEMBER', key .. ':executions', 20)
  rows[#rows + 1] = { redis.call('PTTL', key), fields(key, FIELDS), runs == '' and {} or runs }
end
return { tostring(now()), rows }
