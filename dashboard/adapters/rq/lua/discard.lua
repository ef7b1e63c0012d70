-- Delete a job that waits, was canceled or has finished.
-- ARGV: prefix, queue, id, now as RQ writes it, now in seconds, how far to look into a list.
-- returns {'done'}, or why not: {'missing' | its status}; an id that lies deep in a list stays there, where workers pass it over.
-- uses: move, wait, leave
local queue, id, text, at, reach = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local job = P .. ':job:' .. id
if not sound(job, 'hash') or redis.call('EXISTS', job) == 0 or home(job, queue) ~= queue then return { 'missing' } end
local status = field(job, 'status')
if failure(job) or status == 'started' then return { status } end
leave(job, id, queue, reach, text, at)
local group = field(job, 'group_id')
if group ~= '' and sound(P .. ':group:' .. group, 'set') then redis.call('SREM', P .. ':group:' .. group, id) end
for _, key in pairs(parts(id)) do redis.call('DEL', key) end
return { 'done' }
