-- Numbers of queues.
-- KEYS: the queues. ARGV: group of the workers, how many are counted one by one at most, milliseconds after which a
-- message is handed out again.
-- returns for each {`list`, `stream` or `none`, waiting, fetched, of these overdue, entry of the oldest that waits, group,
-- entry that was fetched last, how many read it}; -1 for what is not known. What holds no messages is none; a list tells no more than a number.
local found = {}

local function read_by(key)
  local chosen
  local groups = redis.call('XINFO', 'GROUPS', key)
  for _, flat in ipairs(groups) do
    local group = {}
    for j = 1, #flat, 2 do group[flat[j]] = flat[j + 1] end
    if group.name == ARGV[1] or not chosen and #groups == 1 then chosen = group end
  end
  return chosen
end

local function stream(key)
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  if newest and newest[2][1] ~= 'data' then return {'none', 0, 0, 0, '', '', ''} end
  local group = read_by(key)
  local last = group and group['last-delivered-id'] or '0-0'
  local first = redis.call('XRANGE', key, '(' .. last, '+', 'COUNT', 1)[1]
  local waiting = first and (group and group.lag or not group and redis.call('XLEN', key)) or 0
  if first and not waiting then
    waiting = #redis.call('XRANGE', key, '(' .. last, '+', 'COUNT', ARGV[2] + 1)
    if waiting > tonumber(ARGV[2]) then waiting = -1 end
  end
  if not group then return {'stream', waiting, 0, 0, first and first[1] or '', '', last} end
  local overdue = 0
  if group.pending > 0 then
    overdue = #redis.call('XPENDING', key, group.name, 'IDLE', ARGV[3], '-', '+', ARGV[2])
    if overdue == tonumber(ARGV[2]) then overdue = -1 end
  end
  return {'stream', waiting, group.pending, overdue, first and first[1] or '', group.name, last, group.consumers or 0}
end

for i = 1, #KEYS do
  local is = redis.call('TYPE', KEYS[i]).ok
  if is == 'stream' then found[i] = stream(KEYS[i])
  elseif is == 'list' and string.find(redis.call('LINDEX', KEYS[i], -1), 'task_name', 1, true) then
    found[i] = {'list', redis.call('LLEN', KEYS[i]), -1, -1, '', '', ''}
  else found[i] = {'none', is == 'none' and 0 or -1, -1, -1, '', '', ''} end
end
return found
