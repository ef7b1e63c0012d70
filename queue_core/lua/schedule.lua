-- Register a schedule, or change it, and say that an application still has it.  What fired, and a pause, are kept.
-- KEYS[1]: the queue's meta key.
-- ARGV: name, next(ms, 0 none), trigger, definition (texts), payload of its jobs.
-- returns its next instant (ms): the stored one while the trigger is the same; 0 while it is paused; 9e15 for none.
local name, nxt, given = ARGV[1], tonumber(ARGV[2]), { trg = ARGV[3], def = ARGV[4], data = ARGV[5] }
local h, never = P .. 'cr:' .. name, 9e15
local stored = tonumber(rc('ZSCORE', P .. 'cr', name) or '-1')
local old = rc('HMGET', h, 'trg', 'def', 'data', 'paused')
local due = stored
if old[4] then due = 0
elseif stored <= 0 or stored >= never or old[1] ~= given.trg then due = nxt > 0 and nxt or never end
local set = { 'seen', INT(NOW) }
for i, field in ipairs({ 'trg', 'def', 'data' }) do
  if old[i] ~= given[field] then set[#set + 1] = field; set[#set + 1] = given[field] end
end
rc('HSET', h, unpack(set))
rc('HSET', META, 'sched', INT(NOW))
if due ~= stored then rc('ZADD', P .. 'cr', INT(due), name) end
return INT(due)
