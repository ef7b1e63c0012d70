-- Moving jobs, each at most once for a mark.
-- sound(key, type): whether a key is missing or of that type, so that what is written to it cannot fail half-way.
local function sound(key, type)
  local found = redis.call('TYPE', key).ok
  return found == 'none' or found == type
end
-- field(job, name): text, '' when it is missing.
local function field(job, name)
  return redis.call('HGET', job, name) or ''
end
-- home(job, queue): the queue that a job belongs to.
local function home(job, queue)
  local origin = field(job, 'origin')
  return origin == '' and queue or origin
end
-- failure(job): whether a job has failed or was stopped, whatever registry it is in.
local function failure(job)
  local status = field(job, 'status')
  return status == 'failed' or status == 'stopped'
end
-- parts(id): the keys that are a job's own, by the name under which they lie in the trash.
local function parts(id)
  return {
    job = P .. ':job:' .. id, dependents = P .. ':job:' .. id .. ':dependents',
    dependencies = P .. ':job::' .. id .. ':dependencies', results = P .. ':results:' .. id,
    executions = P .. ':executions:' .. id,
  }
end
-- over(first, step, mark, seconds, move): 1 or 0 for each job named in ARGV; `move(id, i)` is not run when the mark's
-- set has the id already, and a job that is damaged is left alone.
local function over(first, step, mark, seconds, move)
  local done = {}
  for i = first, #ARGV, step do
    local id = ARGV[i]
    local moved = mark ~= '' and redis.call('SISMEMBER', mark, id) or 0
    if moved == 0 then
      local fine, answer = pcall(move, id, i)
      moved = fine and answer or 0
      if moved == 1 and mark ~= '' then
        redis.call('SADD', mark, id)
        redis.call('EXPIRE', mark, seconds)
      end
    end
    done[#done + 1] = moved
  end
  return done
end
