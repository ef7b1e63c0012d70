-- Put a message that no worker has any more to where the next one is taken.
-- KEYS: 1 messages that were fetched, 2 when they were, 3 list.
-- ARGV: 1 delivery tag, 2 SHA-1 of what is kept of it, 3 message, 4 when it was fetched: another worker that was handed
--   it since holds the same under the same tag.
-- returns 1; 0 when it is no longer there, or not as it was; -1 when the list is none.
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept or redis.sha1hex(kept) ~= ARGV[2] then return 0 end
local fetched = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not fetched or tonumber(fetched) ~= tonumber(ARGV[4]) then return 0 end
local kind = redis.call('TYPE', KEYS[3]).ok
if kind ~= 'none' and kind ~= 'list' then return -1 end

redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('RPUSH', KEYS[3], ARGV[3])
return 1
