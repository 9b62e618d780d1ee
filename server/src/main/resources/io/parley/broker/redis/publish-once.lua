-- Publishes, unless the same user has published in the same channel under the same id before.
--
-- KEYS[1]  once:{channel}:user:id
-- ARGV     1 pub/sub channel, 2 publication, 3 hash of its payload, 4 seconds to remember the id
--
-- Returns 0: published; 1: was published before; 2: the id was used for another payload.
local seen = redis.call('GET', KEYS[1])
if seen then
  return seen == ARGV[3] and 1 or 2
end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
-- First the id: a Redis without memory refuses here, before anybody was told. If it is the publishing
-- that is refused (an ACL), the id must go again, or the retry would pass for stored.
local published = redis.pcall('PUBLISH', ARGV[1], ARGV[2])
if type(published) == 'table' and published.err then
  redis.call('DEL', KEYS[1])
  return published
end
return 0
