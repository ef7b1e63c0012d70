-- A failure to the end of its stream; its result is kept aside, with the entry that it became.
-- KEYS: mark, result, stream, what is kept aside.
-- ARGV: id, 1 when the mark counts, its seconds, SHA-1 of the result, the message, milliseconds for which it is kept.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('TYPE', KEYS[2]).ok ~= 'string' or redis.call('TYPE', KEYS[3]).ok ~= 'stream' then return 0 end
local result = redis.call('GET', KEYS[2])
if redis.sha1hex(result) ~= ARGV[4] then return 0 end
local left = redis.call('PTTL', KEYS[2])
redis.call('DEL', KEYS[2], KEYS[4])
local entry = redis.call('XADD', KEYS[3], '*', 'data', ARGV[5])
redis.call('HSET', KEYS[4], 'result', result, 'left', left, 'entry', entry)
redis.call('PEXPIRE', KEYS[4], ARGV[6])
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
