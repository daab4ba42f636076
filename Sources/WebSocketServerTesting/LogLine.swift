// What the server and its handler log, kept for the test.
import Logging
import Synchronization

/// A line that the server or the handler has logged through `io.logger`.
public struct LogLine: Sendable, CustomStringConvertible {
    /// How important it is.
    public let level: Logger.Level
    /// The sentence.
    public let message: String
    /// What belongs to it, as texts by name.
    public let metadata: [String: String]

    /// The level, the sentence and the metadata in the order of their names.
    public var description: String {
        let more = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        return "\(level): \(message)\(more.joined())"
    }
}

/// Keeps all lines of one server, whichever thread logs them.
final class LogRecorder: Sendable {
    private let kept = Mutex<[LogLine]>([])

    var lines: [LogLine] { kept.withLock { $0 } }

    func append(_ line: LogLine) { kept.withLock { $0.append(line) } }
}

/// The handler behind the simulated server's logger.
struct RecordingLogHandler: LogHandler {
    let recorder: LogRecorder
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(_ recorder: LogRecorder) { self.recorder = recorder }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        for more in [metadataProvider?.get(), event.metadata] {
            if let more { all.merge(more) { $1 } }
        }
        if let error = event.error { all["error"] = "\(error)" }
        recorder.append(
            LogLine(
                level: event.level, message: "\(event.message)",
                metadata: all.mapValues { "\($0)" }))
    }
}
