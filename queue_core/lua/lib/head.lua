-- Prepended to every script. KEYS[1] is always <ns>{q:<name>}:meta.
local rc = redis.call
local META = KEYS[1]
local P = string.sub(META, 1, -5)
local T = rc('TIME')
local US = tonumber(T[1]) * 1000000 + tonumber(T[2])
local NOW = math.floor(US / 1000)
local MIN = math.floor(NOW / 60000)
local SEQ, SEQ0, BOOST
local acc, tm, by = {}, {}, {}        -- counter, type-matrix and per-type deltas, flushed once
local wakes = 0
local INT = function(x) return string.format('%.0f', x) end
local ZOF = { p = 'pend', s0 = 'sch', r = 'rty' }   -- live state -> the sorted set it lives in
