-- Hand out jobs again.  KEYS[1]: the queue's meta key.  ARGV: none.  returns 1.
dirty()
rc('HSET', META, 'paused', 0)
wakes = rc('ZCARD', P .. 'pend')
flush()
return 1
