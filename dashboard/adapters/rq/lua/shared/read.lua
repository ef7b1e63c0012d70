-- Reading what may be damaged or huge.
-- asked(command, …): a reply, or '' where the key is of another type.
local function asked(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then return '' end
  return reply
end
-- cut(key, field, most): a field of a hash, '' when it is missing or longer than `most` bytes; and its length.
local function cut(key, field, most)
  local size = redis.pcall('HSTRLEN', key, field)
  if type(size) ~= 'number' or size == 0 then return '', 0 end
  if size > most then return '', size end
  return redis.call('HGET', key, field), size
end
-- fields(key, names): several of at most 512 bytes.
local function fields(key, names)
  local found, short, at = {}, {}, {}
  for i, name in ipairs(names) do
    local size = redis.pcall('HSTRLEN', key, name)
    found[i] = ''
    if type(size) == 'number' and size > 0 and size <= 512 then
      short[#short + 1], at[#at + 1] = name, i
    end
  end
  if short[1] then
    for i, value in ipairs(redis.call('HMGET', key, unpack(short))) do found[at[i]] = value end
  end
  return found
end
-- results(id, count, most): newest entries of a job's stream, and its bytes; no entries when it has more than `most`,
-- and the newest alone where the server does not tell.
local function results(id, count, most)
  local key = P .. ':results:' .. id
  local size = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 0)
  if not size then return {}, 0 end
  if type(size) ~= 'number' then size, count = 0, 1 end
  if size > most then return {}, size end
  local entries = asked('XREVRANGE', key, '+', '-', 'COUNT', count)
  return entries == '' and {} or entries, size
end
