-- Before every script.  KEYS[1]: prefix:queues, by which a cluster finds the node.  ARGV[1]: the prefix of RQ's keys.
local P = ARGV[1]
local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function now()
  return milliseconds() / 1000
end
