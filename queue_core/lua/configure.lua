-- Set fields of the queue's settings.  KEYS[1]: the queue's meta key.  ARGV: field, value, ...  returns 1.
dirty()
rc('HSET', META, unpack(ARGV))
return 1
