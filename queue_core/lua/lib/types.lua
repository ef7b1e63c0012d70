-- Attempts by job type since the queue began, in the totals: ts|type succeeded, tf|type failed, ti|type its number in the
-- order of first sight. The first hundred types are told apart; further ones are counted together, as type ''.
local function type_ever(k, ty, n)
  local c = P .. 'c'
  if rc('HINCRBY', c, k .. '|' .. ty, n) > n or ty == '' or rc('HEXISTS', c, 'ti|' .. ty) == 1 then return end
  local place = rc('HINCRBY', c, 'types', 1)
  if place <= 100 then rc('HSET', c, 'ti|' .. ty, place); return end
  rc('HINCRBY', c, 'types', -1)
  rc('HDEL', c, k .. '|' .. ty)
  rc('HINCRBY', c, k .. '|', n)
end

local function types_ever()           -- of this script: of_type counted `f|type`, or `<bucket>|type` of a success
  local sums = {}
  for k, n in pairs(by) do
    local what, ty = string.match(k, '^([^|]*)|(.*)$')
    local s = sums[ty] or { ts = 0, tf = 0 }
    local f = what == 'f' and 'tf' or 'ts'
    s[f] = s[f] + n
    sums[ty] = s
  end
  for ty, s in pairs(sums) do
    for f, n in pairs(s) do
      if n > 0 then type_ever(f, ty, n) end
    end
  end
end
