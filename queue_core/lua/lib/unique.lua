-- Unique-key locks.
local function lock_unique(b)          -- the job in ARGV from b (see enqueue) takes its key, which is free
  local u = P .. 'u:' .. ARGV[b + 8]
  if ARGV[b + 8] == '' then return end
  if ARGV[b + 9] == 'win' then rc('SET', u, ARGV[b], 'PX', math.max(1, tonumber(ARGV[b + 10]))) else rc('SET', u, ARGV[b]) end
end

local function free_unique(id, u)
  if u and u ~= '' and rc('GET', P .. 'u:' .. u) == id and rc('HGET', J(id), 'um') ~= 'win' then rc('DEL', P .. 'u:' .. u) end
end

local function lock_again(id, u, um)   -- a unique key is taken again, or its holder is returned
  if not u or um ~= 'end' then return nil end
  local h = rc('GET', P .. 'u:' .. u)
  if h and h ~= id then return h end
  rc('SET', P .. 'u:' .. u, id)
end
