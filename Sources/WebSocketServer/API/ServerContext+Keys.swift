// Topics that keep each key's newest message: publishing under a key, and what is retained.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// Publishes a text message as the newest of a key. All about keys is said at
    /// ``publish(text:to:key:except:isLast:eventID:)``.
    public mutating func publish(
        _ text: String, to topic: Topic, key: TopicKey, except: ConnectionID? = nil,
        isLast: Bool = false
    ) {
        var text = text
        text.makeContiguousUTF8()
        publish(text: text.utf8.span, to: topic, key: key, except: except, isLast: isLast)
    }

    /// Publishes a text message as the newest of a key, to a topic whose policy is
    /// ``SlowConsumerPolicy/latestPerKey``; in any other topic the key means nothing.
    ///
    /// Subscribers that keep up get every message. Slow ones get each key's newest, and what
    /// is retained is what a new subscriber gets first. The cost is that of any publishing,
    /// another copy of the message, and looking the key up.
    ///
    /// - Parameters:
    ///   - text: UTF-8, which is not checked.
    ///   - topic: where.
    ///   - key: what it is about. A message that is published without a key is the newest of an
    ///     empty one: so a topic in which nothing has a key retains its newest message.
    ///   - except: a connection that does not get it.
    ///   - isLast: the key ends with this message ("train 17 has arrived"): the subscribers of now
    ///     get it, however slow they are, and when all have it the key is forgotten. A new
    ///     subscriber may get it until then.
    ///   - eventID: see ``publish(text:to:except:eventID:)``.
    public mutating func publish(
        text: Span<UInt8>, to topic: Topic, key: TopicKey, except: ConnectionID? = nil,
        isLast: Bool = false, eventID: Span<UInt8> = Span()
    ) {
        publish(
            text, .text, to: topic, key: key, except: except, isLast: isLast, isStreamed: true,
            eventID: eventID)
    }

    /// Publishes a binary message as the newest of a key. Event streams do not get it. See
    /// ``publish(text:to:key:except:isLast:eventID:)``.
    public mutating func publish(
        binary bytes: Span<UInt8>, to topic: Topic, key: TopicKey, except: ConnectionID? = nil,
        isLast: Bool = false
    ) {
        publish(
            bytes, .binary, to: topic, key: key, except: except, isLast: isLast,
            isStreamed: false)
    }

    /// Publishes a received message unchanged, text or binary, as the newest of a key; event
    /// streams get only text. See ``publish(text:to:key:except:isLast:eventID:)``.
    public mutating func publish(
        _ message: borrowing Message, to topic: Topic, key: TopicKey,
        except: ConnectionID? = nil, isLast: Bool = false
    ) {
        publish(
            message.bytes, message.kind.opcode, to: topic, key: key, except: except,
            isLast: isLast, isStreamed: message.isText)
    }

    private mutating func publish(
        _ payload: Span<UInt8>, _ opcode: Opcode, to topic: Topic, key: TopicKey,
        except: ConnectionID?, isLast: Bool, isStreamed: Bool, eventID: Span<UInt8> = Span()
    ) {
        guard topics.isCurrent(topic), topics.isKeyed(topic) else {
            return publish(
                payload, as: opcode, to: topic, except: except, isStreamed: isStreamed,
                eventID: eventID)
        }
        var message = TopicTable.KeyedMessage(payload, opcode, key, eventID)
        message.isLast = isLast
        message.isStreamed = isStreamed
        publish(message, to: topic, except: except)
    }

    /// Publishes to a topic that keeps each key's newest message.
    mutating func publish(
        _ message: borrowing TopicTable.KeyedMessage, to topic: Topic, except: ConnectionID?
    ) {
        telemetry.statistics.publishedCount += 1
        let skipped = except.flatMap { connections.slot(of: $0) }
            .flatMap { subscription(of: $0, to: topic) }
        let bounds = TopicTable.RetainedBounds(
            keyCount: settings.limits.topicKeyCount,
            byteCount: settings.limits.retainedByteCount)
        let published = topics.publish(
            keyed: message, to: topic, skipping: skipped ?? .none, bounds, &deflate.deflaters)
        telemetry.statistics.deliveryCount += UInt64(published.deliveryCount)
        telemetry.statistics.evictedKeyCount = topics.evictionCount
        if published.congested != .none { pausePublisher(published.congested) }
        charge(published.work + message.payload.count)
    }

    /// Removes a key at once: new subscribers do not get its message, and subscribers that are
    /// behind may not get it any more. Nobody hears of the removal; to tell them, publish the key's
    /// last message with `isLast`. Does nothing if there is no such key.
    public mutating func removeKey(_ key: TopicKey, from topic: Topic) {
        guard topics.isCurrent(topic), topics.isKeyed(topic) else { return }
        _ = topics.remove(key, from: topic)
    }

    /// How many keys a topic has that have not ended; 0 if it does not keep any.
    public func keyCount(of topic: Topic) -> Int {
        guard topics.isCurrent(topic), topics.isKeyed(topic) else { return 0 }
        let retained = topics.states[topic.index].retained
        return topics.retained[retained].count - topics.retained[retained].lastCount
    }

    /// Calls `body` with each key of a topic that has not ended and its newest message, in the
    /// order of their last publishing: for an answer over HTTP, for example. Takes time in
    /// proportion to their number.
    public func forEachNewest(
        of topic: Topic, _ body: (_ key: TopicKey, _ message: Span<UInt8>) -> Void
    ) {
        guard topics.isCurrent(topic), topics.isKeyed(topic) else { return }
        topics.retained[topics.states[topic.index].retained].visit(body)
    }
}
