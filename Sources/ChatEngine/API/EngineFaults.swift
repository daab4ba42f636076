// Rules that a test can switch off, to show that it would notice.

/// The rules of a node that can be broken, for tests of tests: all are kept unless one is set. A
/// simulation whose checker finds nothing with one of them set checks nothing.
package struct EngineFaults: Sendable, Equatable {
    /// A push is appended without a look at what it follows.
    package var ignorePredecessor = false
    /// Pushes are appended although the room is being read.
    package var keepPushesWhileSyncing = false
    /// What was dropped from the log is not said again.
    package var neverSayAgain = false
    /// What Redis has lost is given back as if it were new.
    package var giveBackWithoutIDs = false
    /// A publish counts as placed when Redis has answered, whatever the log holds.
    package var acknowledgeEarly = false
    /// A room's next call does not wait for the last one.
    package var twoPutsOutstanding = false
    /// That the pushes of heartbeats do not come is not noticed.
    package var noProbe = false
    /// That Redis has other data than before is not noticed.
    package var noDataChanged = false
    /// After a reconnect the rooms count as live, though nothing was read.
    package var resubscribeWithoutTail = false
    /// The role of Redis is not looked at.
    package var noRolePoll = false

    /// No faults.
    package init() {}
}
