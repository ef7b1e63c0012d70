-- Takes the next message that is due of a channel that is free; nothing else goes to that channel before the time given
-- to its sender is over, or the message is settled. Comes after lines.lua.
-- KEYS: outbox
-- ARGV: now (unix ms), until when it is the sender's (unix ms), prefix of a delivery's key, epoch of the leader that sends,
--       when it has been sent at the latest unless the sender stands still (unix ms); see takeover.lua
-- returns {} or {id, try, tries that do not count, channel, why the channel is disabled or '', {record flat}}
for _ = 1, 20 do
  local channel = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
  if not channel then return {} end
  local firsts, known = KEYS[1] .. ':of:' .. channel, KEYS[1] .. ':channel:' .. channel
  local first = redis.call('ZRANGEBYSCORE', firsts, '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
  if first then
    local id, key = string.match(first, '^([^|]*)|(.*)$')
    local delivery = ARGV[3] .. (id or '')
    if not id then
      redis.call('ZREM', firsts, first)
    elseif redis.call('EXISTS', delivery) == 0 then
      leave(KEYS[1], ARGV[3], channel, key, id)
    else
      local try = redis.call('HINCRBY', delivery, 'attempts', 1)
      redis.call('HSET', known, 'busy', ARGV[2], 'sender', ARGV[4], 'sent_by', ARGV[5])
      schedule(KEYS[1], channel)
      local uncounted = redis.call('HGET', delivery, 'base') or '0'
      local disabled = redis.call('HGET', known, 'disabled') or ''
      return { id, try, uncounted, channel, disabled, redis.call('HGETALL', delivery) }
    end
  end
  schedule(KEYS[1], channel)
end
return {}
