// Where the frames of all restored logs begin and end: cursors and markers stand nowhere else.
import Storage
import WebSocketCore

/// The offsets at which frames begin or end, of each variant in one array of all.
struct FrameBoundaries {
    /// Where those of each variant begin in `offsets`, and where the last ones end.
    private var places: [Int] = [0]
    private var offsets: [UInt64] = []

    /// Those of all logs; throws if one does not consist of whole frames.
    init(of topics: borrowing TopicTable) throws(StateError) {
        places.reserveCapacity(topics.variants.endIndex + 1)
        offsets.reserveCapacity(topics.variants.endIndex)
        for variant in topics.variants.indices {
            try append(
                topics.variants[variant].log, hasEvents: topics.variants[variant].hasEvents)
            places.append(offsets.count)
        }
    }

    private mutating func append(
        _ log: borrowing TopicLog, hasEvents: Bool
    ) throws(StateError) {
        var (boundary, last) = (log.start, log.start)
        offsets.append(boundary)
        while boundary < log.end {
            let rest = log.slice(from: boundary, to: log.end)
            let count =
                hasEvents ? EventStream.chunkByteCount(rest) : FrameHeader.frameByteCount(rest)
            guard let byteCount = count, byteCount > 0, byteCount <= log.end - boundary else {
                throw StateError("a topic's log has part of a frame")
            }
            last = boundary
            boundary += UInt64(byteCount)
            offsets.append(boundary)
        }
        guard log.start == log.end || log.latestFrame == last else {
            throw StateError("a topic's log does not know its newest frame")
        }
    }

    /// Those of a variant, in order.
    subscript(variant: VariantIndex) -> ArraySlice<UInt64> {
        offsets[places[Int(variant.rawValue)]..<places[Int(variant.rawValue) + 1]]
    }
}

extension ArraySlice<UInt64> {
    /// Whether an ascending array has this number.
    func contains(sorted number: UInt64) -> Bool {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low] == number
    }
}
