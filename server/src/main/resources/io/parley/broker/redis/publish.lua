-- Publishes, one publication after the other, and keeps each in its channel's log if the channel
-- has a history; unless the same user has published in the same channel under the same id before.
--
-- KEYS  for each publication: top:{channel} and log:{channel} (if there is a history),
--       once:{channel}:user:id (if there is an id)
-- ARGV  1 epoch if a new one is needed, 2 seconds to remember ids; then for each publication:
--       pub/sub channel, publication, publications to keep (0: no history), hash of the payload
--       (empty: no id; only with a history), milliseconds to keep log and top
--
-- Returns for each publication: 0: published, without history; 2: the id was used for another
-- payload; a text: published now or before, at this epoch (16 hexadecimal digits) and offset
-- (decimal), perhaps with a blank and the error with which PUBLISH was refused; or `!` and the
-- error with which it was refused itself.
--
-- An error means that nothing was stored. Redis refuses what it has no memory or no replicas for,
-- or what it can't write to its disk, at a script's first write, so the first is one that takes
-- memory. After that only the permissions of a user can stop it, for each command; what was done
-- by then is taken back. Once XADD is done, the publication is stored, for good: a stream takes no
-- id again. If PUBLISH is refused then, feeds find the publication in the log.
-- Before all: what a replica knows of an id may be lost with it.
local replid, problem = replidOf()
if problem then
  return problem
end

local candidate, idLife = ARGV[1], ARGV[2]
-- By Redis' own clock, which stands still in a script.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Remembers the outcome of an id, unless it has one. Returns that, if it has.
local function remember(once, hash, outcome)
  local known = redis.pcall('SET', once, hash .. outcome, 'EX', idLife, 'NX', 'GET')
  if isRefused(known) then
    -- It can't remember, but may still know.
    local refusal = known
    known = redis.call('GET', once)
    if not known then
      error(refusal)
    end
  end
  if not known then
    return nil
  end
  if string.sub(known, 1, #hash) ~= hash then
    return 2
  end
  return #known > #hash and string.sub(known, #hash + 1) or 0
end

local function tell(pub, publication)
  local told = redis.pcall('PUBLISH', pub, publication)
  return isRefused(told) and told.err
end

-- Without a history there is an id, or no script would be needed.
local function publish(pub, publication, hash, once)
  local known = remember(once, hash, '')
  if known then
    return known
  end
  local untold = tell(pub, publication)
  if untold then
    redis.call('DEL', once)
    return '!' .. untold
  end
  return 0
end

-- Where a channel stands, by its top alone; nothing if that can't be trusted. Whether the log goes
-- beyond it is for XADD to find out.
local function standOfTop(topKey)
  local top = redis.call('HMGET', topKey, 'epoch', 'offset', 'replid', 'until')
  local offset = tonumber(top[2] or nil)
  if top[1] and offset and top[3] == replid then
    return {epoch = top[1], offset = offset, logEnd = tonumber(top[4] or nil)}
  end
end

-- Adds to the log. Returns what Redis says, and whether there was no log.
local function append(logKey, size, id, publication)
  local added = redis.pcall('XADD', logKey, 'NOMKSTREAM', 'MAXLEN', '~', size, id, 'p', publication)
  if added == false then
    return redis.pcall('XADD', logKey, 'MAXLEN', '~', size, id, 'p', publication), true
  end
  return added, false
end

-- Each publication prolongs the life of the keys. But each time that Redis is told so goes to its
-- replicas and to disk, too. So it gives them a little more than they need, and only when that is
-- used up the next bit.
local function prolong(topKey, logKey, logEnd, logLife, topLife)
  local rest = logEnd and logEnd - now
  if not rest or rest < logLife or rest > logLife * 17 / 16 then
    local life = math.floor(logLife * 33 / 32)
    redis.pcall('PEXPIRE', logKey, digits(life))
    redis.pcall('PEXPIRE', topKey, topLife)
    redis.pcall('HSET', topKey, 'until', digits(now + life))
  end
end

-- Keeps a publication behind where the channel stands. Returns what to answer; and nothing, and an
-- error, if the log goes beyond that.
local function keep(stand, pub, publication, size, hash, topKey, logKey, once, logLife, topLife)
  if stand.offset >= OFFSET_MAX then
    return '!ERR offset: ' .. digits(stand.offset) .. ' (expected: less than 2^53)'
  end
  local offset = digits(stand.offset + 1)
  local position = stand.epoch .. offset
  local known = once and remember(once, hash, position)
  if known then
    return known
  end
  local stored, isNewLog = store(topKey, stand, offset), false
  if not isRefused(stored) then
    stored, isNewLog = append(logKey, size, offset .. '-0', publication)
  end
  if isRefused(stored) then
    redis.pcall('HSET', topKey, 'offset', digits(stand.offset))
    if stand.isNew then
      redis.pcall('PEXPIRE', topKey, topLife)
    end
    if once then
      redis.call('DEL', once)
    end
    local isBehind = string.find(stored.err, 'equal or smaller', 1, true)
    return not isBehind and '!' .. stored.err or nil, stored.err
  end
  prolong(topKey, logKey, not isNewLog and stand.logEnd, tonumber(logLife), topLife)
  -- Version 2, the position, and what it is put before: that begins with its version, 1, which ends
  -- the offset's digits.
  local untold = tell(pub, '\2' .. position .. publication)
  return untold and position .. ' ' .. untold or position
end

local function publishAndKeep(topKey, logKey, ...)
  local stand = standOfTop(topKey)
  local answer = stand and keep(stand, ...)
  if answer then
    return answer
  end
  local problem
  answer, problem = keep(
    standOf(topKey, logKey, replid, candidate, '', 0, stand ~= nil), ...)
  return answer or '!' .. problem
end

local answers = {}
local key = 1
for arg = 3, #ARGV, 6 do
  local pub, publication, size, hash = ARGV[arg], ARGV[arg + 1], ARGV[arg + 2], ARGV[arg + 3]
  local isDone, answer
  if size == '0' then
    isDone, answer = pcall(publish, pub, publication, hash, KEYS[key])
    key = key + 1
  else
    local topKey, logKey = KEYS[key], KEYS[key + 1]
    local once = hash ~= '' and KEYS[key + 2]
    key = key + (once and 3 or 2)
    isDone, answer = pcall(publishAndKeep, topKey, logKey, pub, publication, size, hash, topKey,
      logKey, once, ARGV[arg + 4], ARGV[arg + 5])
  end
  if not isDone then
    answer = '!' .. (type(answer) == 'table' and answer.err or tostring(answer))
  end
  answers[#answers + 1] = answer
end
return answers
