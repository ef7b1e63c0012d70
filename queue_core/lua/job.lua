-- One job whole; a part that is no text of ours is empty.  KEYS[1]: the queue's meta key.
-- ARGV: id, then how many bytes are wanted at most of payload, error detail, result and earlier payloads (absent = all).
-- returns {} when unknown, else {{record flat}, payload, error detail, result, checkpoint bytes, lease end (ms, ''),
--   payload size, earlier payloads, clock of the purge when it lies in the trash (''), how long it is kept there (ms)}.
local id, ask = ARGV[1], redis.pcall
local record = ask('HGETALL', J(id))
if record.err or #record == 0 then return {} end
local function part(prefix, most)
  local text = ask('GETRANGE', P .. prefix .. id, 0, most and tonumber(most) - 1 or -1)
  return type(text) == 'string' and text or ''
end
local function size(prefix)
  local bytes = ask('STRLEN', P .. prefix .. id)
  return type(bytes) == 'number' and bytes or 0
end
local lease = ask('ZSCORE', P .. 'lease', id)
local purged, kept = '', ask('HGET', META, 'trash_age')
if ask('HGET', J(id), 'st') == 't' then purged = ask('ZSCORE', P .. 'tr:' .. (ask('HGET', J(id), 'tr') or 'one'), id) end
return { record, part('p:', ARGV[2]), part('e:', ARGV[3]), part('r:', ARGV[4]), size('k:'),
  type(lease) == 'string' and lease or '', size('p:'), part('b:', ARGV[5]),
  type(purged) == 'string' and purged or '', type(kept) == 'string' and tonumber(kept) or 3600000 }
