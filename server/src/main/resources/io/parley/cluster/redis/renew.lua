-- Renews a node's lease, unless somebody has taken it.
--
-- KEYS  1 lease:node
-- ARGV  1 what the lease says while its node has it, 2 what it says when somebody else has swept
--       that node, 3 milliseconds that it lasts
--
-- Returns `held`, `kept` (it had run out, and nobody has swept the node: it goes on) or `gone`, and
-- the server's replication id, which changes when it may have lost something.
local holder = redis.call('GET', KEYS[1])
local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
if holder == ARGV[2] then
  return {'gone', replid}
end
if holder == ARGV[1] then
  -- This takes no memory, so a Redis that has none left lets no lease run out.
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
end
return {holder and 'held' or 'kept', replid}
