// The functions that run inside Redis, in Lua: what has to be one step there.

/// The library of functions, version 1. It is loaded by the first node that does not find it, and
/// nodes of two versions use a Redis side by side: a change of these lines gets a new name, with a
/// new prefix of its functions, and never replaces a library.
///
/// Redis does not roll back, so that nothing may fail after the first write: `r1_put` checks all of
/// its arguments first. Its own memory, `newest`, is what makes an epoch the work of one process.
enum Roost1 {
    /// The name of the library.
    static let name = "roost1"

    /// What FUNCTION LOAD takes.
    static let source: StaticString = #"""
        #!lua name=roost1
        -- What only this process has begun: the newest id of each stream, as far as it was written here.
        -- A restart, a promotion or a restored file empties it, and then a new epoch begins.
        local newest = {}
        local boot = nil

        local function top_of(stream)
          local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)
          return last[1] and last[1][1] or '0-0'
        end

        local function parts(id)
          local offset, epoch = string.match(id, '^(%d+)%-(%d+)$')
          return tonumber(offset), epoch
        end

        -- Whether this names a predecessor and what may stand behind it: XADD must not refuse it.
        local function isName(wanted)
          local before, offset, epoch = string.match(wanted, '^(%d+)%-%d+ ([1-9]%d*)%-(%d+)$')
          return before and tonumber(offset) > tonumber(before) and #offset < 16 and #epoch < 20
        end

        -- KEYS stream ids olderIds  ARGV channel keep epoch at, then for each entry: key body wanted
        local function put(keys, args)
          local stream, ids, older = keys[1], keys[2], keys[3]
          local channel, keep, epoch, at = args[1], tonumber(args[2]), args[3], args[4]
          local count = (#args - 4) / 3
          if #keys ~= 3 or count < 1 or count > 1000 or count % 1 ~= 0 or not keep or keep < 1
            or not string.match(epoch, '^[1-9]%d*$') or #epoch > 19 or not parts(at) then
            return redis.error_reply('ERR r1_put: wrong arguments')
          end
          local givesBack = args[7] ~= ''
          local names = {}
          for i = 1, count do
            names[i] = args[2 + 3 * i]
            local wanted = args[4 + 3 * i]
            if (wanted ~= '') ~= givesBack or givesBack and not isName(wanted) then
              return redis.error_reply('ERR r1_put: wrong arguments')
            end
          end
          local top = top_of(stream)
          local isOwn = newest[stream] == top
          if at ~= top and (givesBack and top == '0-0' or not givesBack and not isOwn) then
            return {}
          end
          local known, before = {}, {}
          if top ~= '0-0' then
            known = redis.call('HMGET', ids, unpack(names))
            before = redis.call('HMGET', older, unpack(names))
          else
            redis.call('DEL', ids, older)
          end
          local offset, current = parts(top)
          if isOwn then epoch = current end
          local isEmpty = top == '0-0'
          local rotates = false
          local positions, placed, added, runs = {}, {}, {}, {}
          local run, first, lastOffset, lastEpoch
          for i = 1, count do
            local key, body, wanted = names[i], args[3 + 3 * i], args[4 + 3 * i]
            local position = placed[key] or known[i] or before[i]
            if not position then
              position = ''
              if givesBack then
                local previous, id = string.match(wanted, '^(%S+) (%S+)$')
                if previous == top or isEmpty then position = id end
              else
                position = string.format('%.0f-%s', offset + 1, epoch)
              end
              if position ~= '' then
                redis.call('XADD', stream, 'MAXLEN', '~', keep, position, 'i', key, 'm', body)
                local newOffset, newEpoch = parts(position)
                if math.floor(newOffset / keep) ~= math.floor(offset / keep) and not isEmpty then
                  rotates = true
                end
                if not run or newEpoch ~= lastEpoch or newOffset ~= lastOffset + 1 then
                  run = { 'm ' .. top .. ' ' .. position .. '\n' }
                  runs[#runs + 1] = run
                end
                run[#run + 1] = #key .. ' ' .. #body .. '\n' .. key .. body
                lastOffset, lastEpoch = newOffset, newEpoch
                offset, top, isEmpty = newOffset, position, false
                placed[key] = position
                added[#added + 1] = key
                added[#added + 1] = position
              end
            end
            positions[i] = position
          end
          if #added > 0 then
            if rotates and redis.call('EXISTS', ids) == 1 then redis.call('RENAME', ids, older) end
            redis.call('HSET', ids, unpack(added))
            -- What is given back was begun by another process: its epoch is not continued here.
            if not givesBack then newest[stream] = top end
            for i = 1, #runs do redis.call('SPUBLISH', channel, table.concat(runs[i])) end
          end
          return positions
        end

        -- KEYS stream  ARGV at limit → { whether the entry at that place is there, newest id, entries }
        local function tail(keys, args)
          local stream, at, limit = keys[1], args[1], tonumber(args[2])
          if #keys ~= 1 or not limit or limit < 1 or not parts(at) then
            return redis.error_reply('ERR r1_tail: wrong arguments')
          end
          local top = top_of(stream)
          if top == at then return { 1, top, {} } end
          if at == '0-0' then
            local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', limit)
            if string.match(first[1][1], '^1%-') then return { 1, top, first } end
          else
            local from = redis.call('XRANGE', stream, at, '+', 'COUNT', limit + 1)
            if from[1] and from[1][1] == at then
              table.remove(from, 1)
              return { 1, top, from }
            end
          end
          local newestFirst = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', limit)
          local entries = {}
          for i = #newestFirst, 1, -1 do entries[#entries + 1] = newestFirst[i] end
          return { 0, top, entries }
        end

        -- KEYS nodes  ARGV node count channel random → { boot, what this node wrote last, all nodes }
        local function beat(keys, args)
          boot = boot or args[4]
          local before = redis.call('HGET', keys[1], args[1]) or ''
          redis.call('HSET', keys[1], args[1], args[2])
          redis.call('SPUBLISH', args[3], args[4])
          return { boot, before, redis.call('HGETALL', keys[1]) }
        end

        -- KEYS presence  ARGV channel node value → all nodes' values. An empty value removes the node's.
        local function pres(keys, args)
          local key, channel, node, value = keys[1], args[1], args[2], args[3]
          local before = redis.call('HGET', key, node) or ''
          if before ~= value then
            if value == '' then
              redis.call('HDEL', key, node)
            else
              redis.call('HSET', key, node, value)
            end
            redis.call('SPUBLISH', channel, 'p ' .. node .. '\n' .. value)
          end
          return redis.call('HGETALL', key)
        end

        redis.register_function('r1_put', put)
        redis.register_function{ function_name = 'r1_tail', callback = tail, flags = { 'no-writes' } }
        redis.register_function('r1_beat', beat)
        redis.register_function('r1_pres', pres)
        """#
}
