-- Records an operation, and redeems its plan or marks the operation it takes back, in one step.
-- KEYS: operation, operations, open operations, plan, redeemed, original operation
-- ARGV: id, created (unix ms), plan token ('' = none), id of the original ('' = none), seconds to remember the token,
--       then field, value, …
-- returns {1, id} recorded | {0, id} the token started that one before | {-1, ''} the plan is gone
--         | {-2, why} the original cannot be taken back: its open state, 'undone', 'ending' or 'missing'
local id, created, token, of = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if token ~= '' then
  local before = redis.call('GET', KEYS[5])
  if before then return { 0, before } end
  if redis.call('EXISTS', KEYS[4]) == 0 then return { -1, '' } end
end
if of ~= '' then
  local original = redis.call('HMGET', KEYS[6], 'state', 'undone_by', 'driver_until')
  local state = original[1]
  if not state then return { -2, 'missing' } end
  if original[2] and original[2] ~= '' then return { -2, 'undone' } end
  if state == 'waiting' or state == 'canary' or state == 'running' or state == 'paused' then return { -2, state } end
  -- A step in hand could move jobs after what is to be taken back was frozen.
  if original[3] and tonumber(original[3]) > tonumber(redis.call('TIME')[1]) * 1000 then return { -2, 'ending' } end
  redis.call('HSET', KEYS[6], 'undone_by', id)
  redis.call('ZREM', KEYS[3], of)
end
redis.call('HSET', KEYS[1], 'state', 'waiting', 'created', created, 'of', of, unpack(ARGV, 6))
redis.call('ZADD', KEYS[2], created, id)
redis.call('ZADD', KEYS[3], created, id)
if token ~= '' then
  redis.call('DEL', KEYS[4])
  redis.call('SET', KEYS[5], id, 'EX', ARGV[5])
end
return { 1, id }
