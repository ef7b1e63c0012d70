-- Queues and workers of one namespace.  KEYS[1]: the sorted set of workers.  KEYS[2]: the set of queues.
-- ARGV: prefix of a worker's key, first worker (0 = the one that was heard of last), how many (at most 300),
--   1 for the queues too (at most 5,000).
-- returns {now (s, us), workers in all, {rows {id, alive until, {report flat}, error}}, {queues}, {errors of both keys}};
--   a key that is not ours is as if empty and has its error, which is '' otherwise.
local ask, first = redis.pcall, tonumber(ARGV[2])
local function list(reply) return type(reply) == 'table' and not reply.err and reply or {} end
local function why(reply) return type(reply) == 'table' and reply.err or '' end
local all = ask('ZCARD', KEYS[1])
local listed = list(ask('ZREVRANGE', KEYS[1], first, first + math.min(300, tonumber(ARGV[3])) - 1, 'WITHSCORES'))
local rows, names = {}, {}
for i = 1, #listed, 2 do
  local report = ask('HGETALL', ARGV[1] .. listed[i])
  rows[#rows + 1] = { listed[i], listed[i + 1], list(report), why(report) }
end
local cursor, unread = ARGV[4] == '1' and '0' or '', ''
while cursor ~= '' and #names < 5000 do
  local found = ask('SSCAN', KEYS[2], cursor, 'COUNT', 1000)
  local page = list(found)
  unread = why(found)
  for i = 1, #(page[2] or {}) do names[#names + 1] = page[2][i] end
  cursor = (page[1] == '0' or not page[1]) and '' or page[1]
end
return { T, type(all) == 'number' and all or 0, rows, names, { why(all), unread } }
