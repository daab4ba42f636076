// Messages that are JSON, by Foundation's encoder and decoder.
public import WebSocketServer

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Message {
    /// The payload copied to a `Data`.
    public var data: Data { Data(copying: bytes) }

    /// The value that the message is as JSON, text or binary.
    ///
    /// ```swift
    /// let entry = try message.decode(Entry.self)
    /// ```
    ///
    /// - Throws: a `Disconnect` with 1007 (RFC 6455 §7.4.1) that says what is wrong, so that a
    ///   callback that lets it pass closes the connection, and nothing is logged: a peer has sent
    ///   what it should not. To answer otherwise, catch it.
    public borrowing func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, with decoder: JSONDecoder = JSONDecoder()
    ) throws(Disconnect) -> Value {
        do {
            return try decoder.decode(type, from: data)
        } catch {
            throw Disconnect(.invalidPayload, JSONFault(error).description)
        }
    }
}

extension ServerContext {
    /// Sends a value as JSON in a text message, with the order and bounds of every other.
    ///
    /// - Throws: what the encoder throws; nothing is sent then. In a callback that lets it pass,
    ///   the connection that is called about is closed with 1011, and the error is logged.
    public mutating func send(
        json value: some Encodable, to id: ConnectionID, with encoder: JSONEncoder = JSONEncoder()
    ) throws {
        let bytes = try encoder.encode(value)
        send(text: bytes.span, to: id)
    }

    /// Publishes a value as JSON in a text message; event streams get it too. It is encoded once,
    /// whatever the number of subscribers.
    ///
    /// - Throws: what the encoder throws; nothing is published then.
    public mutating func publish(
        json value: some Encodable, to topic: Topic, except: ConnectionID? = nil,
        with encoder: JSONEncoder = JSONEncoder()
    ) throws {
        let bytes = try encoder.encode(value)
        publish(text: bytes.span, to: topic, except: except)
    }

    /// Publishes a value as JSON in a text message, as the newest of a key: see
    /// `publish(text:to:key:except:isLast:eventID:)`.
    ///
    /// - Throws: what the encoder throws; nothing is published then.
    public mutating func publish(
        json value: some Encodable, to topic: Topic, key: TopicKey, except: ConnectionID? = nil,
        isLast: Bool = false, with encoder: JSONEncoder = JSONEncoder()
    ) throws {
        let bytes = try encoder.encode(value)
        publish(text: bytes.span, to: topic, key: key, except: except, isLast: isLast)
    }
}
