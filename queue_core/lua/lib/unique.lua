-- Unique-key locks.
local function free_unique(id, u)
  if u and u ~= '' and rc('GET', P .. 'u:' .. u) == id and rc('HGET', J(id), 'um') ~= 'win' then rc('DEL', P .. 'u:' .. u) end
end

local function lock_again(id, u, um)   -- a unique key is taken again, or its holder is returned
  if not u or um ~= 'end' then return nil end
  local h = rc('GET', P .. 'u:' .. u)
  if h and h ~= id then return h end
  rc('SET', P .. 'u:' .. u, id)
end
