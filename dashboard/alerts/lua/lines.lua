-- What scripts of the outbox share: lines, in which messages of one channel and key wait for each other.
-- KEYS: given as `outbox`, ZSET channel -> when it may be served next (unix ms); beside it lie
--       <outbox>:of:<channel>       ZSET id|key -> when it is due (unix ms): the first of each line
--       <outbox>:line:<channel>|<key>  LIST of ids, in the order in which they are sent
--       <outbox>:said:<channel>|<key>  STRING: type and id of the last message of a channel that says the same again and again
--       <outbox>:unheard:<channel>  HASH alert -> what the channel knew of it before a message was given up, the channel
--                                   being disabled ('' nothing); until the next evaluation has seen it
--       <outbox>:channel:<channel>  HASH: how the channel works; busy: until when nothing else goes there (unix ms);
--                                   sender, sent_by: of a message that is being sent, see claim.lua
-- ARGV: none of its own
-- returns nothing; `schedule`, `append` and `leave` are used by the scripts that come after it
local function milliseconds(seconds) return string.format('%.0f', tonumber(seconds) * 1000) end

local function schedule(outbox, channel)
  local first = redis.call('ZRANGE', outbox .. ':of:' .. channel, 0, 0, 'WITHSCORES')
  if not first[1] then return redis.call('ZREM', outbox, channel) end
  local busy = tonumber(redis.call('HGET', outbox .. ':channel:' .. channel, 'busy') or 0)
  redis.call('ZADD', outbox, string.format('%.0f', math.max(busy, tonumber(first[2]))), channel)
end

-- Puts a message at the end of its line.
local function append(outbox, channel, key, id, due)
  if redis.call('RPUSH', outbox .. ':line:' .. channel .. '|' .. key, id) == 1 then
    redis.call('ZADD', outbox .. ':of:' .. channel, due, id .. '|' .. key)
  end
end

-- Takes a message out of its line, and lets the next one come.
local function leave(outbox, prefix, channel, key, id)
  local line, firsts = outbox .. ':line:' .. channel .. '|' .. key, outbox .. ':of:' .. channel
  redis.call('LREM', line, 1, id)
  redis.call('ZREM', firsts, id .. '|' .. key)
  local following = redis.call('LINDEX', line, 0)
  if following then
    local due = redis.call('HGET', prefix .. following, 'next') or 0
    redis.call('ZADD', firsts, milliseconds(due), following .. '|' .. key)
  end
end
