// What a node has to say to the chat.

/// What has happened, in order: ``EngineNode/takeEvent()``. Serial numbers say which entries an
/// event is about, since the log may have more by then: a member that reads the log itself does so
/// when all events have been taken.
package enum EngineEvent: Equatable, Sendable {
    /// The room's log is what Redis has, and what is published comes as it is published. Joins may
    /// go on. After each loss of the connection it comes again.
    /// These entries are in the log then.
    case live(EngineRoom, serials: Range<Int>)
    /// The room's log has these entries more, by their serial numbers:
    /// ``EngineNode/entry(_:in:)``. Before the room is live for the first time its log is filled
    /// without this event.
    case appended(EngineRoom, serials: Range<Int>)
    /// The room's log is another: what members have seen since they last had an entry of it is not
    /// there. They learn the new one, which has these entries, as not recovered.
    case reset(EngineRoom, serials: Range<Int>)
    /// A publish is in the room's log; comes behind `appended`.
    case placed(ticket: UInt64, EnginePlace)
    /// A publish has waited for long, and whether it succeeds is unknown. It goes on, and comes as
    /// `placed` if it does.
    case delayed(ticket: UInt64)
    /// A publish was given up.
    case refused(ticket: UInt64, EngineRefusal)
    /// What another node says about who is in a room there; empty if nobody is, or if that node
    /// gives no sign of life.
    case presence(EngineRoom, node: String, value: [UInt8])
    /// How Redis is doing.
    case state(EngineState)
    /// The connection is of no use: it must be ended, which is ``EngineNode/disconnected(at:)``,
    /// and another one made, no earlier than after the usual pause.
    case reconnect(EngineTrouble)
}

/// How the connection to Redis is doing, as far as the chat's members notice.
package enum EngineState: Hashable, Sendable {
    /// There is none, or it has not answered its first heartbeat yet. Members stay.
    case down
    /// It answers.
    case up
    /// It has not answered for a while, and may still.
    case slow
    /// It has been down for so long that members are better off with another node.
    case away
}

/// Why a publish was given up. Nothing of it is in the room, unless `failed` says otherwise.
package enum EngineRefusal: Hashable, Sendable {
    /// Redis takes no writes: it has no memory left, or cannot save. This is its error.
    case takesNoWrites(String)
    /// Too many publishes wait in the room.
    case tooManyPending
    /// Redis takes it no more, with this error; but it was sent before, and that was not answered,
    /// so that it may be in the room.
    case unknown(String)
    /// Redis has answered with an error that says that something is set up wrongly.
    case failed(String)
}

/// Why a connection is of no use.
package enum EngineTrouble: Error, Hashable, Sendable {
    /// A command was not answered in time.
    case unanswered
    /// Commands are answered and pushes do not come.
    case wedged
    /// It is no master, or none any more.
    case notMaster(String)
    /// Redis refuses what a node needs, with this error.
    case refused(String)
    /// An answer is not what the functions of this version answer.
    case notUnderstood(String)
}
