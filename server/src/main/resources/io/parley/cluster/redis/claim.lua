-- Finds out whether a node is dead, and takes the place of its lease, so that none of its own can
-- come any more.
--
-- KEYS  1 lease:node
-- ARGV  1 what the lease says when somebody has swept that node, 2 the replication id under which
--       the asker last renewed its own lease, 3 milliseconds that it is remembered
--
-- Returns `dead`, `lives` or `unsure`: this may be an older state than the asker has seen, whose
-- leases have run out while it lay on a disk.
local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
if replid ~= ARGV[2] then
  return 'unsure'
end
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  return 'dead'
end
if holder then
  return 'lives'
end
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3])
return 'dead'
