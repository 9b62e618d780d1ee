-- Reads where a channel stands and a stretch of its history.
--
-- KEYS  top:{channel}, log:{channel}
-- ARGV  1 epoch if a new one is needed, 2 and 3 epoch and offset that the asker has seen (empty and
--       0: none), 4 milliseconds to keep top, 5 publications that the history keeps, 6 and 7 only
--       what comes after and before these offsets, 8 publications at most, 9 bytes at most, 10 the
--       end from which the limits count: `oldest` or `newest`, 11 bytes that each publication
--       counts beside its data
--
-- Returns epoch, offset, prev, base, and then offset and publication of each in the stretch, in
-- order from that end.
local PUBLISHED_HEADER = 20
local CHUNK_MAX = 16

local topKey, logKey = KEYS[1], KEYS[2]
local replid, problem = replidOf()
if problem then
  return problem
end
local stand = standOf(topKey, logKey, replid, ARGV[1], ARGV[2], tonumber(ARGV[3]))
local stored = stand.isNew and store(topKey, stand, digits(stand.offset))
if isRefused(stored) then
  return stored
end
local life = tonumber(ARGV[4])
if stand.offset == 0 then
  -- Somebody has only asked: what he was told is kept while a feed looks at it now and then.
  life = math.min(life, 3600000)
end
-- Each write goes to the replicas and to disk, too; so this one comes only now and then.
if redis.call('PTTL', topKey) < life / 2 then
  redis.pcall('PEXPIRE', topKey, life)
end

local answer = {stand.epoch, digits(stand.offset), stand.prev, stand.base}
local limit, bytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local overhead = tonumber(ARGV[11])
local isOldest = ARGV[10] == 'oldest'
-- Logs are trimmed late. What is beyond the history's size isn't there.
local from = math.max(tonumber(ARGV[6]), stand.offset - tonumber(ARGV[5])) + 1
local to = math.min(tonumber(ARGV[7]) - 1, stand.offset)
-- The largest one so far: how many are asked for at a time follows it, so that Redis doesn't gather
-- much more than goes out.
local largest = math.max(1, bytes / 4)
local taken = 0
while taken < limit and from <= to do
  local count = math.min(limit - taken, CHUNK_MAX, math.max(1, math.floor(bytes / largest)))
  local chunk
  if isOldest then
    chunk = redis.call('XRANGE', logKey, digits(from), digits(to), 'COUNT', count)
  else
    chunk = redis.call('XREVRANGE', logKey, digits(to), digits(from), 'COUNT', count)
  end
  for _, entry in ipairs(chunk) do
    local offset, publication = string.match(entry[1], '^%d+'), entry[2][2]
    local size = #publication - PUBLISHED_HEADER
    if size >= 0 then
      local high, low = string.byte(publication, PUBLISHED_HEADER - 1, PUBLISHED_HEADER)
      size = size - high * 256 - low
    end
    size = size + overhead
    bytes = bytes - size
    if bytes < 0 and taken > 0 then
      return answer
    end
    largest = math.max(largest, size)
    taken = taken + 1
    answer[#answer + 1] = offset
    answer[#answer + 1] = publication
  end
  if #chunk < count then
    return answer
  end
  local reached = tonumber(answer[#answer - 1])
  if isOldest then
    from = reached + 1
  else
    to = reached - 1
  end
end
return answer
