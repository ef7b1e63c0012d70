-- Lets a new leader wait for messages that a sender of the leader before took no longer than sending one takes.
-- Comes after lines.lua.
-- KEYS: outbox, lease
-- ARGV: holder, epoch
-- returns 1, or 0 when another collector leads: nothing was changed
local lease = redis.call('HMGET', KEYS[2], 'holder', 'epoch')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
for _, channel in ipairs(redis.call('ZRANGE', KEYS[1], 0, 499)) do
  local known = KEYS[1] .. ':channel:' .. channel
  local claim = redis.call('HMGET', known, 'sender', 'sent_by')
  if claim[2] and claim[1] ~= ARGV[2] then
    redis.call('HSET', known, 'busy', claim[2])
    redis.call('HDEL', known, 'sender', 'sent_by')
    schedule(KEYS[1], channel)
  end
end
return 1
