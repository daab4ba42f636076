// UTF-8, compression and timers.
import LinuxReactor
import WebSocketCore
import WebSocketServer

extension Workload {
    static let texts: [Workload] = [
        Workload("UTF-8, 4 KiB of ASCII", count: 10_000) { validating("hello ") },
        Workload("UTF-8, 4 KiB of Greek", count: 2_000) { validating("κόσμε ") },
    ]

    private static func validating(_ word: String) -> (Int) -> Void {
        let text = String(repeating: word, count: 4096 / word.utf8.count)
        return { count in
            let bytes = Array(text.utf8)
            var validCount = 0
            for _ in 0..<count where UTF8Validator.isValid(bytes.span) { validCount += 1 }
            precondition(validCount == count)
        }
    }

    static let compression: [Workload] = [
        Workload("deflate 512 B of chat", count: 500) {
            let message = chatMessage(byteCount: 512)
            return { count in
                var pool = DeflaterPool()
                var output = ByteBuffer()
                for _ in 0..<count {
                    pool.appendFrame(.text, message.span, windowBits: 15, to: &output)
                    output.removeFirst(output.count)
                }
            }
        },
        Workload("inflate 512 B of chat", count: 2_000) {
            let message = chatMessage(byteCount: 512)
            var deflater = Deflater()
            var compressed = ByteBuffer()
            deflater.deflate(message.span, into: &compressed)
            let payload = copy(compressed.span)
            return { count in
                var inflater = Inflater()
                var output = ByteBuffer()
                let limits = InflateLimits(messageByteLimit: 1 << 16)
                for _ in 0..<count {
                    try? inflater.inflate(payload.span, as: .text, into: &output, limits: limits)
                    precondition(output.count == message.count)
                    output.removeFirst(output.count)
                }
            }
        },
    ]

    private static func chatMessage(byteCount: Int) -> [UInt8] {
        var text = #"{"type":"message","room":"lobby","offset":41,"user":"ann","text":""#
        var number = 17
        while text.utf8.count < byteCount {
            text += chatText.prefix(number % 40 + 9) + " \(number), "
            number = number * 31 % 1009
        }
        return Array(text.utf8.prefix(byteCount))
    }

    static let timers: [Workload] = [
        // As in a busy server: deadlines are moved again and again, and few come due.
        Workload("timer wheel, put off", count: 50_000) {
            { count in
                var now = Instant(nanoseconds: 0)
                var wheel = TimerWheel(now: now)
                for slot in 0..<10_000 as Range<UInt32> {
                    wheel.schedule(slot, at: now + .milliseconds(25_000 + Int(slot)))
                }
                var slot: UInt32 = 0
                for _ in 0..<count {
                    slot = (slot &+ 7919) % 10_000
                    now = now.advanced(by: 20_000)
                    wheel.schedule(slot, at: now + .seconds(25))
                }
                use(wheel)
            }
        },
        Workload("timer wheel, come due", count: 20_000) {
            { count in
                var now = Instant(nanoseconds: 0)
                var wheel = TimerWheel(now: now)
                for slot in 0..<1_000 as Range<UInt32> {
                    wheel.schedule(slot, at: now + .milliseconds(Int(slot) * 25))
                }
                var expiredCount = 0
                while expiredCount < count {
                    now = now + .milliseconds(25)
                    while let slot = wheel.popExpired(at: now) {
                        expiredCount += 1
                        wheel.schedule(slot, at: now + .seconds(25))
                    }
                }
            }
        },
    ]
}
