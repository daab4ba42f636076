// A plain reading of what RFC 8446 says of records after the handshake, to compare ours with.
@testable import WebSocketTLS

/// Reads the insides of records one after the other. It keeps handshake messages whole, which the
/// server's reader does not.
struct PlainReading {
    private(set) var data: [UInt8] = []
    private(set) var end: RecordEnd?
    /// How many bytes the answers have: 27 for each KeyUpdate, 24 for our alert.
    private(set) var answerByteCount = 0
    private let isClient: Bool
    private let recordsPerKey: UInt64
    private var message: [UInt8] = []
    private var emptyCount = 0
    private var updateDebt = 0
    private var recordCount: UInt64 = 0
    private var hasAsked = false

    init(isClient: Bool, recordsPerKey: UInt64) {
        self.isClient = isClient
        self.recordsPerKey = recordsPerKey
    }

    mutating func end(_ how: RecordEnd) {
        guard end == nil else { return }
        end = how
        if case .fault = how { answerByteCount += 24 }
    }

    /// Reads one record's content, type and padding. Returns whether the sender has to use its next
    /// key now.
    mutating func take(_ inner: [UInt8]) -> Bool {
        guard end == nil else { return false }
        recordCount += 1
        guard let typeIndex = inner.lastIndex(where: { $0 != 0 }) else {
            end(.fault(.noType))
            return false
        }
        let content = Array(inner[..<typeIndex])
        let type = inner[typeIndex]
        if !message.isEmpty, type != 22 {
            end(.fault(.unexpectedHandshake))
        } else if type == 23, !content.isEmpty {
            emptyCount = 0
            updateDebt = max(0, updateDebt - 1)
            data += content
            if recordCount >= recordsPerKey, !hasAsked {
                hasAsked = true
                answerByteCount += 27
            }
        } else if type == 21 {
            takeAlert(content)
        } else if type == 22 {
            countEmpty()
            return end == nil && takeHandshake(content)
        } else if type == 23 {
            countEmpty()
        } else {
            end(.fault(.unexpectedType))
        }
        return false
    }

    private mutating func countEmpty() {
        emptyCount += 1
        if emptyCount > 32 { end(.fault(.tooManyEmpty)) }
    }

    private mutating func takeAlert(_ content: [UInt8]) {
        if content.isEmpty {
            end(.fault(.unexpectedType))
        } else if content.count != 2 {
            end(.fault(.malformed))
        } else if content[1] == 0 {
            end(.closed)
        } else if content[1] == 90 {
            countEmpty()
        } else {
            end(.alert(content[1]))
        }
    }

    private mutating func takeHandshake(_ content: [UInt8]) -> Bool {
        if content.isEmpty { end(.fault(.unexpectedHandshake)) }
        message += content
        while message.count >= 4, end == nil {
            let count = message[1...3].reduce(0) { $0 << 8 | Int($1) }
            switch message[0] {
            case 24 where count == 1:
                guard message.count > 4 else { return false }
                return takeKeyUpdate()
            case 4 where isClient && (14...131_337).contains(count):
                guard message.count >= 4 + count else { return false }
                message.removeFirst(4 + count)
            case 24: end(.fault(.malformed))
            case 4 where isClient: end(.fault(.malformed))
            default: end(.fault(.unexpectedHandshake))
            }
        }
        return false
    }

    private mutating func takeKeyUpdate() -> Bool {
        let value = message[4]
        if value > 1 {
            end(.fault(.badKeyUpdate))
        } else if message.count > 5 {
            end(.fault(.unexpectedHandshake))
        } else if updateDebt > 62 {
            end(.fault(.tooManyEmpty))
        } else {
            updateDebt += 2
            message = []
            recordCount = 0
            hasAsked = false
            answerByteCount += value == 1 ? 27 : 0
            return true
        }
        return false
    }

    /// Reads bytes that nobody has sealed.
    mutating func takeBytes(_ bytes: [UInt8]) {
        guard bytes.count >= 5 else { return }
        let count = Int(bytes[3]) << 8 | Int(bytes[4])
        if bytes[0] != 23 {
            end(.fault(.unexpectedType))
        } else if count > 16_640 {
            end(.fault(.tooLong))
        } else if count < 16 || bytes.count >= 5 + count {
            end(.fault(.badTag))
        }
    }
}
