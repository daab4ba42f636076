// Plain HTTP requests and responses whose body is JSON.
public import WebSocketServer

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension HTTPRequest {
    /// The value that the body is as JSON.
    ///
    /// - Throws: a `HandshakeRejection` with status 400 that says what is wrong: the answer that a
    ///   callback gives which lets it pass.
    public borrowing func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, with decoder: JSONDecoder = JSONDecoder()
    ) throws(HandshakeRejection) -> Value {
        do {
            return try decoder.decode(type, from: Data(copying: body))
        } catch {
            throw HandshakeRejection(.badRequest, reason: JSONFault(error).description)
        }
    }
}

extension HTTPResponse {
    /// A response with a value as JSON.
    ///
    /// - Throws: what the encoder throws.
    public static func json(
        _ status: HTTPStatus, _ value: some Encodable, with encoder: JSONEncoder = JSONEncoder()
    ) throws -> HTTPResponse {
        HTTPResponse(
            status, headers: [("Content-Type", "application/json")],
            body: [UInt8](try encoder.encode(value)))
    }
}

extension Data {
    /// A copy of borrowed bytes.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Data($0) }
    }
}
