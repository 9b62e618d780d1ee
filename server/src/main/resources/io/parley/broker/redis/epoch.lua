-- Stands before publish.lua and read.lua. What it keeps is told in docs/redis.md, and why in
-- docs/decisions/0001-epochs.md.
--
-- The hash `top` of a channel has: epoch and offset (where the channel stands), base (the offset at
-- which the epoch began), prev (the epoch before, which up to the base means the same; empty if
-- nothing is known of it), replid (the replication id under which the script last looked).

-- Beyond, Lua's numbers can't tell offsets apart.
local OFFSET_MAX = 9007199254740991

-- A whole number as Redis keeps it: no exponent, no fraction.
local function digits(number)
  return string.format('%.0f', number)
end

-- Whether the log has entries above this offset.
local function goesBeyond(logKey, offset)
  return redis.call('XREAD', 'COUNT', 1, 'STREAMS', logKey, digits(offset) .. '-0')
end

-- The highest offset that the log has had, and would take no other below; nil if there is no log.
local function lastOf(logKey)
  if redis.call('EXISTS', logKey) == 0 then
    return nil
  end
  if redis.call('XLEN', logKey) == 0 then
    -- All its entries were deleted, and with it goes what it remembers of them.
    redis.call('DEL', logKey)
    return nil
  end
  local info = redis.call('XINFO', 'STREAM', logKey)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      return tonumber(string.match(info[i + 1], '^%d+'))
    end
  end
end

-- The replication id; nil and an error if this Redis is no primary.
local function replidOf()
  local info = redis.call('INFO', 'replication')
  if not string.find(info, 'role:master', 1, true) then
    return nil, redis.error_reply('READONLY this Redis is a replica')
  end
  local replid = string.match(info, 'master_replid:(%x+)')
  if not replid then
    return nil, redis.error_reply('ERR INFO replication has no master_replid')
  end
  return replid
end

-- Where a channel stands. Writes nothing, but to drop a log that is empty. If the epoch that is
-- stored can't be trusted, what comes back has the candidate as its epoch and isNew.
--
-- Trusted is an epoch under three conditions:
--  - The replication id is the stored one. It changes with each start of the server and each
--    promotion, and after either the tail may be gone. Then nobody has published here since (or the
--    new id were stored), so what there is is what there was, cut off: up to the present top
--    nothing differs, and the old epoch goes on as `prev`.
--  - The log has had nothing above the top. Else one of the two was put back or taken away alone.
--    (isRefuted: XADD has told so.)
--  - Nobody has seen a later offset in this epoch.
-- In the last two cases nobody knows what was published since when: no `prev`. Numbers go on from
-- the highest that is there, so that the log can be kept.
local function standOf(topKey, logKey, replid, candidate, seenEpoch, seenOffset, isRefuted)
  local top = redis.call('HMGET', topKey, 'epoch', 'offset', 'prev', 'base', 'replid')
  local epoch, offset = top[1], tonumber(top[2] or nil)
  local isWhole = epoch and offset and not isRefuted and not goesBeyond(logKey, offset)
  if isWhole and top[5] == replid and not (seenEpoch == epoch and seenOffset > offset) then
    return {epoch = epoch, offset = offset, prev = top[3], base = top[4], replid = replid}
  end
  local last = lastOf(logKey) or 0
  local begin = math.max(offset or 0, last)
  local isPrefix = isWhole and top[5] ~= replid and last <= offset
  return {
    isNew = true,
    epoch = candidate,
    offset = begin,
    prev = isPrefix and epoch or '',
    base = digits(begin),
    replid = replid
  }
end

local function isRefused(answer)
  return type(answer) == 'table' and answer.err
end

-- Stores where the channel stands, if that is elsewhere than before. Returns what Redis says.
local function store(topKey, stand, offset)
  if stand.isNew then
    return redis.pcall('HSET', topKey, 'epoch', stand.epoch, 'offset', offset,
      'prev', stand.prev, 'base', stand.base, 'replid', stand.replid, 'until', '')
  end
  return redis.pcall('HSET', topKey, 'offset', offset)
end
