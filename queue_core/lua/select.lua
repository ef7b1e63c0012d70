-- Add an explicit choice of jobs to an operation, before bulk_start with source os:<op>.  KEYS[1]: the queue's meta key.
-- ARGV: operation id, kind (requeue: dead ones; purge: dead, pending, scheduled, retrying; restore: those in the trash), ids (at most 500).
-- returns how many of the ids the choice holds.  A choice never started is forgotten after a day.
dirty()
local z, kind, n = P .. 'os:' .. ARGV[1], ARGV[2], 0
for i = 3, math.min(#ARGV, 502) do
  local r = rc('HMGET', J(ARGV[i]), 'st', 'ds')
  local st, score = r[1], nil
  if st == 'd' and kind ~= 'restore' then score = r[2]
  elseif st == 't' and kind == 'restore' or kind == 'purge' and ZOF[st] then score = INT(hlc()) end
  if score then rc('ZADD', z, score, ARGV[i]); n = n + 1 end
end
if n > 0 then rc('EXPIRE', z, 86400) end
flush()
return n
