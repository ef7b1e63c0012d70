-- One job changed by hand: what is read of it first, and where it goes.
local function read_job(id)           -- st ty un um ca fp pr ds op rn ch rr; st is false when it is unknown
  return rc('HMGET', J(id), 'st', 'ty', 'un', 'um', 'ca', 'fp', 'pr', 'ds', 'op', 'rn', 'ch', 'rr')
end

local function changed(state)
  flush()
  return { 1, state }
end

local function enter(meta)            -- what follows is about another queue of the same slot; flush() before
  META, P = meta, string.sub(meta, 1, -5)
  SEQ, SEQ0, BOOST, acc, tm, wakes = nil, nil, nil, {}, {}, 0
end

-- Arguments before an edit, newest first: at most 5 and 64 kB in all, each as `<ms> <bytes> <bytes kept>\n<kept>`.

local function keep_arguments(id)
  local key, now = P .. 'b:' .. id, rc('GET', P .. 'p:' .. id) or ''
  local kept, old, from = #now <= 65536 and now or '', rc('GET', P .. 'b:' .. id) or '', 1
  local out, total = { INT(NOW) .. ' ' .. #now .. ' ' .. #kept .. '\n' .. kept }, #kept
  while #out < 5 do
    local first, last, size = string.find(old, '^%d+ %d+ (%d+)\n', from)
    if not first then break end
    total = total + tonumber(size)
    if total > 65536 then break end
    out[#out + 1] = string.sub(old, from, last + tonumber(size))
    from = last + tonumber(size) + 1
  end
  rc('SET', key, table.concat(out))
end
