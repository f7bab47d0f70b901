-- Places and counters of all nodes: a Store (protocols.py) in Redis. One call is one transaction,
-- by the server's clock. The order of service is that of queueing.py; one contract suite runs on
-- both. All keys share a hash tag, so that they lie in one slot.

local call, P = redis.call, KEYS[1]
local op, given = ARGV[1], cjson.decode(ARGV[2])
local c = given.constants
local clock = call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000

local function spent_key(limited, subject) return P .. 'spent:' .. limited .. ':' .. subject end
local function ticket_key(ticket) return P .. 'ticket:' .. ticket end
local function mean_s() return tonumber(call('GET', P .. 'mean') or c.first_mean_s) end
local function expected(position) return mean_s() * (position + 1) / c.places end
local function running() return call('ZCARD', P .. 'runs') end

local function waiting()
  local n = 0
  for class = 0, c.classes - 1 do n = n + call('ZCARD', P .. 'turn:' .. class) end
  return n
end

-- How long serving all who wait takes: one turn of the callers.
local function turn_s() return math.min(c.longest_turn_s, expected(waiting())) end

-- Seconds to come back in: when there is room, and those who were told so before come first.
local function send_away(wait_s)
  local before = tonumber(call('GET', P .. 'told') or 0)
  local told = math.max(now + wait_s, before + mean_s() / c.places)
  told = math.min(told, now + c.latest_return_s)
  call('SET', P .. 'told', string.format('%.6f', told))
  return told - now
end

-- ---- counters ----

local function wanted(limited, tokens)
  return limited == 'tokens_per_minute' and math.max(1, tokens) or 1
end

-- The rows that count now, {until, count}, the first to go first.
local function rows(limited, subject)
  local found, key = {}, spent_key(limited, subject)
  local flat = call('HGETALL', key)
  for i = 1, #flat, 2 do
    local at, count = flat[i], tonumber(flat[i + 1])
    if limited == 'requests_per_day' then
      if at == given.day then found[#found + 1] = { now + given.day_ends_in_s, count } end
    elseif tonumber(at) + 1 + c.window_s <= now or tonumber(at) > now then -- or set back
      call('HDEL', key, at)
    elseif count > 0 then
      found[#found + 1] = { tonumber(at) + 1 + c.window_s, count }
    end
  end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  return found
end

local function used(limited, subject)
  if limited == 'streams' then return { call('SCARD', P .. 'stream:' .. subject), 0 } end
  local total, found = 0, rows(limited, subject)
  for _, row in ipairs(found) do total = total + row[2] end
  return { total, #found > 0 and found[#found][1] - now or 0 }
end

local function rule_wait_s(rule, tokens)
  if rule.limited == 'streams' then
    return used(rule.limited, rule.subject)[1] < rule.most and 0 or mean_s()
  end
  local found = rows(rule.limited, rule.subject)
  local excess = wanted(rule.limited, tokens) - rule.most
  for _, row in ipairs(found) do excess = excess + row[2] end
  for _, row in ipairs(found) do
    if excess <= 0 then return 0 end
    excess = excess - row[2]
    if excess <= 0 then return row[1] - now end
  end
  return #found > 0 and found[#found][1] - now or 0
end

local function add(limited, subject, at, count)
  local key = spent_key(limited, subject)
  call('HINCRBY', key, at, count)
  call('EXPIRE', key, limited == 'requests_per_day' and 172800 or c.window_s + 2)
end

local function charge(entry)
  local charged = {}
  for i, rule in ipairs(entry.rules) do
    local at = rule.limited == 'requests_per_day' and given.day or tostring(math.floor(now))
    if rule.limited == 'streams' then
      call('SADD', P .. 'stream:' .. rule.subject, entry.ticket)
    else
      add(rule.limited, rule.subject, at, wanted(rule.limited, entry.tokens))
    end
    charged[i] = { rule.limited, rule.subject, at }
  end
  return charged
end

local function refund(charged, reserved, whole)
  for _, one in ipairs(charged) do
    local limited, key, at = one[1], spent_key(one[1], one[2]), one[3]
    local count = limited == 'tokens_per_minute' and reserved or (whole and 1 or 0)
    local left = limited ~= 'streams' and tonumber(call('HGET', key, at) or 0) or 0
    if left > 0 then call('HSET', key, at, math.max(0, left - count)) end
  end
end

-- ---- tickets ----

local function read(ticket)
  local flat, row = call('HGETALL', ticket_key(ticket)), {}
  for i = 1, #flat, 2 do row[flat[i]] = flat[i + 1] end
  if not row.state then return nil end
  row.charged = cjson.decode(row.charged)
  return row
end

-- Out of the queue and off the places; its counters stay.
local function take_out(ticket, row)
  call('ZREM', P .. 'runs', ticket)
  call('ZREM', P .. 'turn:' .. row.priority, ticket)
  call('ZREM', P .. 'aged:' .. row.priority, ticket)
  for _, one in ipairs(row.charged) do
    if one[1] == 'streams' then call('SREM', P .. 'stream:' .. one[2], ticket) end
  end
  if row.state ~= 'dropped' and call('HINCRBY', P .. 'held', row.flow, -1) <= 0 then
    call('HDEL', P .. 'held', row.flow)
  end
end

local function remove(ticket, row, whole)
  call('ZREM', P .. 'beats', ticket)
  if not row then return call('ZREM', P .. 'runs', ticket) end -- evicted: no place is lost
  if row.state ~= 'dropped' then refund(row.charged, tonumber(row.reserved), whole) end
  take_out(ticket, row)
  call('DEL', ticket_key(ticket))
end

local function drop(ticket)
  local row = read(ticket)
  refund(row.charged, tonumber(row.reserved), true)
  take_out(ticket, row)
  call('HSET', ticket_key(ticket), 'state', 'dropped')
end

-- ---- the queue ----

-- Those who wait in the order in which they are served: the head of the class that is oldest.
local function in_order()
  local lines, total = {}, 0
  for class = 0, c.classes - 1 do
    local line = call('ZRANGE', P .. 'turn:' .. class, 0, -1)
    local aged, flat = {}, call('ZRANGE', P .. 'aged:' .. class, 0, -1, 'WITHSCORES')
    for i = 1, #flat, 2 do aged[flat[i]] = tonumber(flat[i + 1]) end
    lines[#lines + 1] = { tickets = line, aged = aged, head = 1 }
    total = total + #line
  end
  local order = {}
  while #order < total do
    local best
    for _, line in ipairs(lines) do
      local ticket = line.tickets[line.head]
      if ticket and (not best or line.aged[ticket] < best.aged[best.tickets[best.head]]) then
        best = line
      end
    end
    order[#order + 1] = best.tickets[best.head]
    best.head = best.head + 1
  end
  return order
end

local function last_of_lower(priority)
  for class = c.classes - 1, priority + 1, -1 do
    local last = call('ZREVRANGE', P .. 'turn:' .. class, 0, 0)[1]
    if last then return last end
  end
end

local function making_room(flow, priority)
  local lower = last_of_lower(priority)
  if lower then return lower end
  local held, heaviest = {}, nil
  local line = call('ZREVRANGE', P .. 'turn:' .. priority, 0, -1)
  local flows = {}
  for i, ticket in ipairs(line) do
    local of = call('HGET', ticket_key(ticket), 'flow')
    flows[i], held[of] = of, (held[of] or 0) + 1
    if not heaviest or held[of] > held[heaviest] then heaviest = of end
  end
  if not heaviest or held[heaviest] < (held[flow] or 0) + 2 then return nil end
  for i, ticket in ipairs(line) do
    if flows[i] == heaviest then return ticket end
  end
end

-- Take the places of the dead, give the free ones to those who are next. Beats of a future (the
-- clock was set back) are as of now.
local function give()
  local later = '(' .. string.format('%.6f', now + c.lease_s)
  for _, ticket in ipairs(call('ZRANGEBYSCORE', P .. 'beats', later, '+inf')) do
    call('ZADD', P .. 'beats', now, ticket)
  end
  local dead = call('ZRANGEBYSCORE', P .. 'beats', '-inf', '(' .. string.format('%.6f', now - c.lease_s))
  for _, ticket in ipairs(dead) do remove(ticket, read(ticket), false) end
  local free = c.places - running()
  if free <= 0 or waiting() == 0 then return end
  for i, ticket in ipairs(in_order()) do
    if i > free then return end
    local priority = call('HGET', ticket_key(ticket), 'priority')
    call('ZREM', P .. 'turn:' .. priority, ticket)
    call('ZREM', P .. 'aged:' .. priority, ticket)
    call('ZADD', P .. 'runs', now, ticket)
    call('HSET', ticket_key(ticket), 'state', 'runs', 'started', string.format('%.6f', now))
  end
end

local function states(tickets)
  local found, order, positions = {}, nil, {}
  for i, ticket in ipairs(tickets) do
    local row = read(ticket)
    if row and row.state == 'runs' then
      found[i] = { 'runs', 0, 0 }
    elseif row and row.state == 'waits' then
      if not order then
        order = in_order()
        for n, one in ipairs(order) do positions[one] = n - 1 end
      end
      found[i] = { 'waits', positions[ticket], expected(positions[ticket]) }
    else
      remove(ticket, row, false)
      found[i] = row and { 'refused', 0, send_away(expected(waiting())) } or { 'forgotten', 0, 0 }
    end
  end
  return found
end

local function insert(entry)
  local held = tonumber(call('HGET', P .. 'held', entry.flow) or 0)
  call('HINCRBY', P .. 'held', entry.flow, 1)
  call('HSET', ticket_key(entry.ticket), 'flow', entry.flow, 'priority', entry.priority,
    'state', 'waits', 'started', string.format('%.6f', now), 'reserved', math.max(1, entry.tokens),
    'charged', cjson.encode(charge(entry)))
  call('ZADD', P .. 'beats', now, entry.ticket)
  call('ZADD', P .. 'turn:' .. entry.priority, now + turn_s() * held, entry.ticket)
  call('ZADD', P .. 'aged:' .. entry.priority, now + c.later_s[entry.priority + 1], entry.ticket)
end

local function position_of_a_newcomer(entry)
  local held = tonumber(call('HGET', P .. 'held', entry.flow) or 0)
  local turn, aged = P .. 'turn:' .. entry.priority, P .. 'aged:' .. entry.priority
  call('ZADD', turn, now + turn_s() * held, entry.ticket)
  call('ZADD', aged, now + c.later_s[entry.priority + 1], entry.ticket)
  local position = 0
  for n, ticket in ipairs(in_order()) do
    if ticket == entry.ticket then position = n - 1 end
  end
  call('ZREM', turn, entry.ticket)
  call('ZREM', aged, entry.ticket)
  return position
end

-- Seconds to come back in when the entry would wait too long or finds no room; nil: it may come.
local function crowded(entry)
  local n = waiting()
  if n == 0 and running() < c.places then return nil end
  local wait_s = expected(position_of_a_newcomer(entry))
  local answers = math.max(entry.wait_limit_answers, 1.01 / c.places)  -- the next one may wait
  local limit_s = math.min(entry.wait_limit_s, answers * mean_s())
  if wait_s > limit_s then return send_away(wait_s) end
  if n < c.queue then return nil end
  local leaving = making_room(entry.flow, entry.priority)
  if not leaving then return send_away(wait_s) end
  drop(leaving)
end

-- ---- what is called ----

local ops = {}

function ops.enter()
  local entry, worst, which = given.entry, 0, nil
  if read(entry.ticket) then return states({ entry.ticket })[1] end -- its answer was lost
  give()
  for i, rule in ipairs(entry.rules) do
    local wait_s = rule_wait_s(rule, entry.tokens)
    if wait_s > worst then worst, which = wait_s, i end
  end
  if which then return { 'refused', which, worst } end
  local wait_s = crowded(entry)
  if wait_s then return { 'refused', 0, wait_s } end
  insert(entry)
  give()
  return states({ entry.ticket })[1]
end

function ops.poll()
  for _, ticket in ipairs(given.tickets) do call('ZADD', P .. 'beats', 'XX', now, ticket) end
  give()
  return states(given.tickets)
end

function ops.leave()
  local row = read(given.ticket)
  if not row then return {} end
  remove(given.ticket, row, not given.is_served)
  if given.is_served then
    for _, one in ipairs(row.charged) do
      if one[1] == 'tokens_per_minute' and given.tokens > 0 then
        add(one[1], one[2], tostring(math.floor(now)), given.tokens)
      end
    end
    if row.state == 'runs' then
      local took = math.max(0, now - tonumber(row.started))
      local mean = mean_s() * (1 - c.mean_weight) + c.mean_weight * took
      call('SET', P .. 'mean', string.format('%.6f', mean))
    end
  end
  give()
  return {}
end

function ops.send_away()
  give()
  return send_away(expected(waiting()))
end

function ops.used()
  local found = {}
  for i, rule in ipairs(given.rules) do found[i] = used(rule.limited, rule.subject) end
  return found
end

function ops.load()
  give()
  return { running(), waiting(), mean_s() }
end

return cjson.encode(ops[op]())
