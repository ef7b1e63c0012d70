-- Where jobs of one queue are.
-- KEYS[1]: the start of its keys. ARGV: their ids.
-- returns for each `f` failed, `s` completed, `r` active, `w` waiting in whatever way, `g` gone.
local base, found = KEYS[1], {}
for i, id in ipairs(ARGV) do
  local job = base .. id
  if redis.call('ZSCORE', base .. 'failed', id) then found[i] = 'f'
  elseif redis.call('ZSCORE', base .. 'completed', id) then found[i] = 's'
  elseif redis.call('EXISTS', job) == 0 then found[i] = 'g'
  elseif redis.call('EXISTS', job .. ':lock') == 1 then found[i] = 'r'
  else found[i] = 'w' end
end
return found
