-- Delete a schedule.
-- KEYS: the schedule, then lists in which it may stand. ARGV: its id, SHA-1 of the schedule as it was read.
-- returns 1; 0 when it is not there, or is another one now.
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.sha1hex(redis.call('GET', KEYS[1])) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
  if redis.call('TYPE', KEYS[i]).ok == 'list' then redis.call('LREM', KEYS[i], 0, ARGV[1]) end
end
return 1
