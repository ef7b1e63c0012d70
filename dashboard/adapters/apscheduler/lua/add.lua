-- Add a job that is made of another one, if that still is what was read and the new one is not there yet.
-- KEYS: 1 jobs (hash id -> pickle)  2 run times (zset id -> unix seconds)
-- ARGV: 1 id of the other  2 its pickle as it was read  3 new id  4 new pickle  5 score
-- Returns 1; 0 when the other is another one by now; -1 when the new one is there already. Then nothing was done.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if redis.call('HEXISTS', KEYS[1], ARGV[3]) == 1 then return -1 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[3])
return 1
