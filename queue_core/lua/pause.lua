-- Stop handing out jobs.  KEYS[1]: the queue's meta key.  ARGV: none.  returns 1.
dirty()
rc('HSET', META, 'paused', 1)
rc('DEL', P .. 'wake')
return 1
