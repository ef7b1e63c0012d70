-- Server time and the per-queue hybrid clock.
local function dirty()                -- first write is not "deny-oom": what follows may
  rc('DEL', P .. 'nil')               -- run at maxmemory (settle, extend, tick, claim)
end

local function hlc()                  -- per-queue strictly increasing microseconds
  if not SEQ then SEQ0 = tonumber(rc('HGET', META, 'seq') or '0'); SEQ = SEQ0 end
  if US > SEQ then SEQ = US else SEQ = SEQ + 1 end
  return SEQ
end
