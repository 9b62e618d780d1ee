-- Reads who is in a channel, as far as that can be done at once.
--
-- KEYS  1 users:{channel}, 2 who:{channel}
-- ARGV  1 the most users that are read at once
--
-- Returns the version, clients, users, and then, unless those are too many, each user and how many
-- clients he has.
local state = redis.call('HMGET', KEYS[2], 'version', 'clients')
local count = redis.call('HLEN', KEYS[1])
local answer = {state[1] or '0', state[2] or '0', tostring(count)}
if count <= tonumber(ARGV[1]) then
  local users = redis.call('HGETALL', KEYS[1])
  for i = 1, #users do
    answer[i + 3] = users[i]
  end
end
return answer
