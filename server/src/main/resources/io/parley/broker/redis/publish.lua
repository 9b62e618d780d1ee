-- Publishes, and keeps the publication in the channel's log if the channel has a history; unless
-- the same user has published in the same channel under the same id before.
--
-- KEYS  top:{channel} and log:{channel} (if there is a history), once:{channel}:user:id (if there
--       is an id)
-- ARGV  1 pub/sub channel, 2 publication, 3 publications to keep (0: no history), 4 hash of the
--       payload (empty: no id), 5 seconds to remember the id, 6 and 7 milliseconds to keep log and
--       top, 8 epoch if a new one is needed
--
-- Returns 0: published, without history; 2: the id was used for another payload; a text: published
-- now or before, at this epoch (16 hexadecimal digits) and offset (decimal), perhaps with a blank
-- and the error with which PUBLISH was refused.
--
-- An error means that nothing was stored. Redis refuses what it has no memory or no replicas for,
-- or what it can't write to its disk, at a script's first write, so the first is one that takes
-- memory. After that only the permissions of a user can stop it, for each command; what was done
-- by then is taken back. Once XADD is done, the publication is stored, for good: a stream takes no
-- id again. If PUBLISH is refused then, feeds find the publication in the log.
local size, hash = tonumber(ARGV[3]), ARGV[4]
local once = hash ~= '' and KEYS[#KEYS]

local function isRefused(answer)
  return type(answer) == 'table' and answer.err
end

-- Before all: what a replica knows of an id may be lost with it.
local replid, problem = replidOf()
if problem then
  return problem
end

if once then
  local known = redis.call('GET', once)
  if known then
    if string.sub(known, 1, #hash) ~= hash then
      return 2
    end
    return #known > #hash and string.sub(known, #hash + 1) or 0
  end
end

if size == 0 then
  redis.call('SET', once, hash, 'EX', ARGV[5])
  local published = redis.pcall('PUBLISH', ARGV[1], ARGV[2])
  if isRefused(published) then
    redis.call('DEL', once)
    return published
  end
  return 0
end

local topKey, logKey = KEYS[1], KEYS[2]
local stand = standOf(topKey, logKey, replid, ARGV[8], '', 0)
local offset = stand.offset + 1
if offset > OFFSET_MAX then
  return redis.error_reply('ERR offset: ' .. digits(offset) .. ' (expected: less than 2^53)')
end
local position = stand.epoch .. digits(offset)

keep(topKey, stand, offset, tonumber(ARGV[7]))
local stored = once and redis.pcall('SET', once, hash .. position, 'EX', ARGV[5])
if not isRefused(stored) then
  stored = redis.pcall(
    'XADD', logKey, 'MAXLEN', '~', size, digits(offset) .. '-0', 'p', ARGV[2])
end
if isRefused(stored) then
  redis.call('HSET', topKey, 'offset', digits(stand.offset))
  if once then
    redis.call('DEL', once)
  end
  return stored
end
redis.pcall('PEXPIRE', logKey, ARGV[6])
-- Version 2, the position, and what it is put before: that begins with its version, 1, which ends
-- the offset's digits.
local published = redis.pcall('PUBLISH', ARGV[1], '\2' .. position .. ARGV[2])
if isRefused(published) then
  return position .. ' ' .. published.err
end
return position
