// What can happen to Redis, to nodes and to the network.

enum FaultKind: String, CaseIterable {
    // Redis: data goes back, or is gone.
    case failover
    case demotion
    case splitBrain
    case emptyReplica
    case staleFile
    case flushAll
    case deletedStream
    case restoredRoom
    case functionFlush
    // Redis: all data stays.
    case slow
    case takesNoWrites
    case wedge
    case wedgedRoom
    case forgottenSubscription
    // The network and the nodes.
    case cut
    case silence
    case crash
    case pause

    /// How often it is drawn.
    var weight: Int {
        switch self {
        case .failover, .splitBrain, .staleFile, .cut: 3
        case .demotion, .flushAll, .pause, .crash, .forgottenSubscription, .restoredRoom: 2
        default: 1
        }
    }

    static let drawn = allCases.flatMap { Array(repeating: $0, count: $0.weight) }
}
