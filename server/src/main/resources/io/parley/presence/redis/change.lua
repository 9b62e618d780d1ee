-- Writes which of a node's clients are in a channel and which aren't, and tells everybody of what
-- that changes, where anybody may hear it. What is so already changes nothing, so it may be said any
-- number of times.
--
-- Nobody comes under the id of a node without a lease: a call may have been long on its way, and
-- who came after the node was swept would stay for ever. Leaving is always allowed, or nobody could
-- sweep.
--
-- KEYS  1 here:{channel}:node, 2 users:{channel}, 3 who:{channel}, 4 top:{channel}, 5 lease:node
--       (which isn't in the channel's slot: with presence in a cluster of Redis the lease's word has
--       to be in each slot)
-- ARGV  1 pub/sub channel; empty: nobody is told, 2 and 3 where more clients than the first are in
--       the channel, no more changes than the second are named, 4 milliseconds to keep `who` when
--       nobody is there, 5 how many clients are there; client (16 bytes) and value of each, and then
--       the clients that aren't there
--
-- A value is the user. If tokens say more of the client it is a byte that no user begins with, 255,
-- the user's length in two bytes, the user, and the rest, which nobody looks at here.
--
-- Returns clients and users in the channel, this node's clients in it, and how many changes it was.
local here, users, who, top = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local told, changes, grown, more = {}, 0, 0, 0

-- The user in a member's value; that is the whole one, unless tokens say more of the client.
local function userOf(value)
  if string.byte(value) == 255 then
    local high, low = string.byte(value, 2, 3)
    return string.sub(value, 4, 3 + 256 * (high or 0) + (low or 0))
  end
  return value
end

-- What tokens say goes with it, unless that of others has made the event large.
local function tell(sign, client, value, user)
  changes = changes + 1
  if value ~= user and more < 131072 then
    more = more + #value
    told[changes] = '+' .. sign .. client .. string.sub(value, 2)
  else
    local length = #user
    told[changes] = sign .. client .. string.char(math.floor(length / 256), length % 256) .. user
  end
end

-- A whole number, without exponent or fraction.
local function digits(number)
  return string.format('%.0f', number)
end

if tonumber(ARGV[5]) > 0 and redis.call('GET', KEYS[5]) ~= 'lives' then
  return redis.error_reply('NOLEASE ' .. KEYS[5] .. ' (expected: lives)')
end

local leavesFrom = 6 + 2 * tonumber(ARGV[5])
for i = 6, leavesFrom - 1, 2 do
  local client, value = ARGV[i], ARGV[i + 1]
  -- One who is there already has the same user, but tokens may say something else of him now.
  if redis.call('HSET', here, client, value) == 1 then
    grown = grown + 1
    local user = userOf(value)
    local isFirst = redis.call('HINCRBY', users, user, 1) == 1
    tell(isFirst and 'J' or 'j', client, value, user)
  end
end
for i = leavesFrom, #ARGV do
  local client = ARGV[i]
  local value = redis.call('HGET', here, client)
  if value then
    local user = userOf(value)
    redis.call('HDEL', here, client)
    grown = grown - 1
    local isLast = redis.call('HINCRBY', users, user, -1) <= 0
    if isLast then
      redis.call('HDEL', users, user)
    end
    tell(isLast and 'L' or 'l', client, value, user)
  end
end

local state = redis.call('HMGET', who, 'version', 'clients')
local before = tonumber(state[2] or nil) or 0
local clients = math.max(0, before + grown)
local count = redis.call('HLEN', users)
if changes > 0 then
  local version = tonumber(state[1] or nil)
  if not version then
    -- A count that was forgotten goes on above all that it ever was.
    local time = redis.call('TIME')
    version = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  version = version + 1
  redis.call('HSET', who, 'version', digits(version), 'clients', digits(clients))
  if clients == 0 then
    redis.call('PEXPIRE', who, ARGV[4])
  elseif before == 0 then
    redis.call('PERSIST', who)
  end
  if ARGV[1] ~= '' then
    local shown = changes
    if math.max(before, clients) > tonumber(ARGV[2]) then
      shown = math.min(changes, tonumber(ARGV[3]))
    end
    local stand = redis.call('HMGET', top, 'epoch', 'offset')
    local head = table.concat({stand[1] or '-', stand[2] or '0', digits(version), digits(clients),
      digits(count), digits(changes - shown)}, ' ')
    -- What is written stays written even if Redis doesn't let us tell it.
    redis.pcall('PUBLISH', ARGV[1], '\3' .. head .. '\n' .. table.concat(told, '', 1, shown))
  end
end
return {clients, count, redis.call('HLEN', here), changes}
