// A swift-log handler for the journal: the records of all loggers go to one service log.
import Logging

/// A log handler that writes to a ``ServiceLog``: to the journal, with the metadata as fields, or
/// to standard error.
///
/// ```swift
/// let log = ServiceLog(identifier: "roost", fieldPrefix: "ROOST")
/// LoggingSystem.bootstrap { _ in JournalLogHandler(log) }
/// ```
///
/// The metadata key "event" names the kind of a record. It selects the MESSAGE_ID, and the rate
/// limit applies to each kind separately.
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
            // An array becomes several fields with the same name: a connection's rooms.
            switch value {
            case .string(let text) where key == "event": record.event = text
            case .array(let values): record.fields += values.map { (key, "\($0)") }
            default: record.fields.append((key, "\(value)"))
            }
        }
        // A record with an event is found by that; for others, add the place in the source.
        if record.event == nil {
            record.journalFields = [
                ("CODE_FILE", event.file), ("CODE_LINE", "\(event.line)"),
                ("CODE_FUNC", event.function),
            ]
        }
        log.log(record, kind: "\(event.file):\(event.line)")
    }
}
