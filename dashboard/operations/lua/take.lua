-- Lets the driver move some jobs now, within the operation's pace.
-- KEYS: operation
-- ARGV: driver, now (unix seconds), jobs wanted, jobs per second (0 = no limit)
-- returns {jobs granted, state}; nothing is granted to another driver, or when it was paused, stopped or cancelled
local record = redis.call('HMGET', KEYS[1], 'state', 'driver', 'tokens', 'tokens_at')
local state, want, rate, now = record[1], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[2])
if record[2] ~= ARGV[1] or (state ~= 'canary' and state ~= 'running') then return { 0, state or 'missing' } end
if rate <= 0 then return { want, state } end
local tokens = tonumber(record[3] or '0') + math.max(0, now - tonumber(record[4] or now)) * rate
tokens = math.min(tokens, math.max(1, rate))
local granted = math.min(want, math.floor(tokens + 1e-6))
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens - granted), 'tokens_at', ARGV[2])
return { granted, state }
