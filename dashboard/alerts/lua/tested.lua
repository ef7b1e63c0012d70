-- Records a test message that was sent at once, past the lines.
-- KEYS: delivery, delivery log, how the channel works
-- ARGV: id, now (unix seconds), channel, fingerprint, event, result (sent | failed), status, error, seconds, the try as JSON
-- returns 1
local now = ARGV[2]
redis.call('HSET', KEYS[1], 'channel', ARGV[3], 'rule', 'test', 'type', 'alert.test', 'key', ARGV[4], 'e:' .. ARGV[4], ARGV[5],
  'count', 1, 'result', ARGV[6], 'attempts', 1, 'created', now, 'next', now, 'finished', now, 'status', ARGV[7], 'error', ARGV[8],
  'seconds', ARGV[9], 'a:1', ARGV[10])
redis.call('ZADD', KEYS[2], string.format('%.0f', tonumber(now) * 1000), ARGV[1])
local went = (redis.call('HGET', KEYS[3], 'recent') or '') .. (ARGV[6] == 'sent' and 's' or 'f')
redis.call('HSET', KEYS[3], 'recent', string.sub(went, -20), 'result', ARGV[6], 'at', now, 'status', ARGV[7], 'error', ARGV[8])
return 1
