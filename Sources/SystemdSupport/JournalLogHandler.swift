// swift-log on the journal: each logger's records become a service's.
import Logging

/// A log handler whose records go to a ``ServiceLog``: into the journal, with the metadata as
/// fields, or to the standard error.
///
/// ```swift
/// let log = ServiceLog(identifier: "roost", fieldPrefix: "ROOST")
/// LoggingSystem.bootstrap { _ in JournalLogHandler(log) }
/// ```
///
/// The metadata's key "event" says what kind of record it is: it decides on the MESSAGE_ID, and
/// what is counted together when too much comes.
public struct JournalLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let log: ServiceLog

    /// A handler for one logger.
    public init(_ log: ServiceLog, level: Logger.Level = .info) {
        self.log = log
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        for more in [metadataProvider?.get(), event.metadata] {
            if let more { all.merge(more) { $1 } }
        }
        var record = ServiceLog.Record(level: event.level, message: "\(event.message)")
        if let error = event.error { record.fields.append(("error", "\(error)")) }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            // An array is a field that is there several times: a connection's rooms.
            switch value {
            case .string(let text) where key == "event": record.event = text
            case .array(let values): record.fields += values.map { (key, "\($0)") }
            default: record.fields.append((key, "\(value)"))
            }
        }
        // What has a name is found by it; anything else by where it was said.
        if record.event == nil {
            record.journalFields = [
                ("CODE_FILE", event.file), ("CODE_LINE", "\(event.line)"),
                ("CODE_FUNC", event.function),
            ]
        }
        log.log(record, kind: "\(event.file):\(event.line)")
    }
}
