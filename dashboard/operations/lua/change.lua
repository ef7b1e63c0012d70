-- A person pauses, resumes or cancels an operation.
-- KEYS: operation, open operations
-- ARGV: id, verb (pause | resume | cancel), now (unix seconds), failed again so far
-- returns {1, new state} | {0, state} nothing to change or not possible | {0, 'missing'}
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return { 0, 'missing' } end
local going = state == 'waiting' or state == 'canary' or state == 'running'
local function become(new, ...)
  redis.call('HSET', KEYS[1], 'state', new, 'changed', ARGV[3], ...)
  return { 1, new }
end
if ARGV[2] == 'pause' and going then
  return become('paused', 'before', state)
elseif ARGV[2] == 'resume' and state == 'paused' then
  return become(redis.call('HGET', KEYS[1], 'before'), 'tokens', 0, 'tokens_at', ARGV[3])
elseif ARGV[2] == 'resume' and state == 'stopped' and (redis.call('HGET', KEYS[1], 'undone_by') or '') == '' then
  redis.call('HDEL', KEYS[1], 'finished')
  return become('running', 'forgiven', ARGV[4], 'problem', '', 'tokens', 0, 'tokens_at', ARGV[3])
elseif ARGV[2] == 'cancel' and (going or state == 'paused' or state == 'stopped') then
  -- It stays among the open ones until its driver has told the source that the rest will not go on.
  redis.call('ZADD', KEYS[2], redis.call('HGET', KEYS[1], 'created'), ARGV[1])
  return become('cancelled', 'finished', ARGV[3])
end
return { 0, state }
