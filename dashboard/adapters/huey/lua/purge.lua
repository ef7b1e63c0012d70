-- A failure into the trash.
-- KEYS: mark, the hash of results, the result where it expires, trash.
-- ARGV: id, 1 when the mark counts, its seconds, SHA-1 of the result, milliseconds in the trash.
-- returns 1 when it was moved, or had been by this mark; else 0.
if ARGV[2] == '1' and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local hashed = redis.call('TYPE', KEYS[2]).ok == 'hash' and redis.call('HGET', KEYS[2], ARGV[1])
local single = redis.call('TYPE', KEYS[3]).ok == 'string' and redis.call('GET', KEYS[3])
local result = hashed or single
if not result or redis.sha1hex(result) ~= ARGV[4] then return 0 end
redis.call('DEL', KEYS[4])
redis.call('HSET', KEYS[4], 'result', result, 'left', hashed and 'hash' or redis.call('PTTL', KEYS[3]))
redis.call('PEXPIRE', KEYS[4], ARGV[5])
if hashed then redis.call('HDEL', KEYS[2], ARGV[1]) else redis.call('DEL', KEYS[3]) end
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return 1
