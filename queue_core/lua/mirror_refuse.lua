-- Correct an operation's step for mirrored jobs that the product did not move.  KEYS[1]: the queue's meta key.
-- ARGV: opid, why, ids.  why: `gone`, they were not there any more and are forgotten; `back`, they cannot be put back and are
--   dead letters again. One whose requeue could not be undone has started, and waits for its outcome again.
-- returns how many.
local op = P .. 'op:' .. ARGV[1]
dirty()
local kind, from = rc('HGET', op, 'kind'), string.match(rc('HGET', op, 'src') or '', '^%a+:(.+)$')
local n = 0
for i = 3, #ARGV do
  local id = ARGV[i]
  local r = rc('HMGET', J(id), 'st', 'ty', 'fp', 'fs', 'op', 'ds')
  if rc('LREM', P .. 'in:' .. ARGV[1], 1, id) == 1 and r[1] then
    n = n + 1
    rc('HDEL', J(id), 'io')
    if kind == 'undo' and r[1] == 'd' then
      undead(id, r[2], r[3]); rc('HINCRBY', P .. 'c', 'md', -1)
      outcome(from, 'o_u', -1)
      rc('HSET', J(id), 'op', from); rc('HINCRBY', J(id), 'rq', 1); rc('HINCRBY', J(id), 'rn', 1)
      topend(id, r[2], hlc())
    elseif ARGV[2] == 'back' and r[1] == 'p' then
      forsake(id, r)
      rc('HDEL', J(id), 'op', 'rr'); rc('HSET', J(id), 'st', 'd', 'ba', INT(hlc()))
      dead_index(id, r[2], r[3], r[6]); rc('HINCRBY', P .. 'c', 'md', 1)
    else forsake(id, r); wipe(id) end
  end
end
if n > 0 then rc('HINCRBY', op, 'done', -n); rc('HINCRBY', op, 'skip', n) end
flush()
return n
