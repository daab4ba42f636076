// How many entries of each table are in use: tests check them for leaks.

package struct TakenCounts: Equatable, Sendable {
    package var connections = 0
    package var exchanges = 0
    package var attempts = 0
    package var topics = 0
    package var variants = 0
    package var subscriptions = 0
    package var compressions = 0
    package var encryptions = 0
    package var timers = 0
    package var tasks = 0

    package init(topics: Int = 0) { self.topics = topics }
}

extension ServerCore where K: ~Copyable {
    package var takenCounts: TakenCounts {
        var counts = TakenCounts()
        counts.connections = io.connections.slots.count
        counts.exchanges = io.http.exchanges.count
        counts.attempts = io.outgoing.attempts.count
        counts.topics = io.topics.states.count
        counts.variants = io.topics.variants.count
        counts.subscriptions = io.topics.subscriptions.count
        counts.compressions = io.deflate.states.count
        counts.encryptions = io.encryption.connections.count
        counts.timers = io.timers.count
        counts.tasks = io.tasks.runningCount
        return counts
    }
}
