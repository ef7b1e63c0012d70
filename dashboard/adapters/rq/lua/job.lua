-- One job, complete.  ARGV: prefix, id, most bytes of data, of meta, of results.
-- returns {fields as names and values, data, its bytes, meta, its bytes, newest results, their bytes, dependents,
-- milliseconds it is kept, {its members of the registry of running jobs with score and whether a heartbeat is kept}}.
-- uses: read
local FIELDS = {
  'status', 'origin', 'created_at', 'enqueued_at', 'started_at', 'ended_at', 'last_heartbeat', 'worker_name', 'timeout',
  'retries_left', 'retry_intervals', 'number_of_retries', 'description', 'repeats_left', 'dependency_ids', 'group_id', 'rate_limit_key',
}
local id = ARGV[2]
local key = P .. ':job:' .. id
if redis.call('TYPE', key).ok ~= 'hash' then return false end
local named = {}
for i, value in ipairs(fields(key, FIELDS)) do
  named[2 * i - 1], named[2 * i] = FIELDS[i], value
end
local data, data_size = cut(key, 'data', tonumber(ARGV[3]))
local meta, meta_size = cut(key, 'meta', tonumber(ARGV[4]))
local entries, bytes = results(id, 20, tonumber(ARGV[5]))
local queue = cut(key, 'origin', 512)
local members = { id }
local executions = asked('ZRANGE', P .. ':executions:' .. id, 0, 20)
if executions ~= '' then
  for _, execution in ipairs(executions) do members[#members + 1] = id .. ':' .. execution end
end
local runs = {}
for _, member in ipairs(members) do
  local score = asked('ZSCORE', P .. ':wip:' .. queue, member)
  if score and score ~= '' then
    runs[#runs + 1] = { member, score, redis.call('EXISTS', P .. ':execution:' .. member) }
  end
end
local due = asked('ZSCORE', P .. ':scheduled:' .. queue, id)
return {
  named, data, data_size, meta, meta_size, entries, bytes, asked('SCARD', key .. ':dependents'),
  redis.call('PTTL', key), runs, due or '',
}
