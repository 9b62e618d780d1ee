-- Finds out whether a node has a lease; and takes the place of a lease that isn't there, so that
-- none of its own can come any more.
--
-- KEYS  1 lease:node
-- ARGV  1 what the lease says when somebody has swept that node, 2 the replication id under which
--       the asker last renewed its own lease, 3 milliseconds that it is remembered; 0: it is only
--       looked at
--
-- Returns `dead`: it was taken, now or before. `absent`: there is none. `lives`. `unsure`: this may
-- be an older state than the asker has seen, whose leases have run out while it lay on a disk.
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
if ARGV[3] == '0' then
  return 'absent'
end
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3])
return 'dead'
