-- Notes that a node has members in a channel, unless it has no lease: a note that comes after the
-- node was swept would stay for ever.
--
-- KEYS  1 at:node, 2 lease:node
-- ARGV  1 the channel
if redis.call('GET', KEYS[2]) ~= 'lives' then
  return redis.error_reply('NOLEASE ' .. KEYS[2] .. ' (expected: lives)')
end
return redis.call('SADD', KEYS[1], ARGV[1])
