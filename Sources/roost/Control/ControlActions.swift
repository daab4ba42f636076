// What the server's people can ask for that is not the chat's own business.
import WebSocketServer

/// Things that the program provides and the control socket offers. Whoever starts the server fills
/// them in; what is left nil is answered with the reason why it cannot be done.
struct ControlActions {
    /// Why something was not done: one sentence, which says what to do.
    struct Failure: Error {
        let sentence: String
    }

    /// Reads the configuration again, and takes up what can be changed while it runs. Returns what
    /// has changed, in a sentence. Called on the reactor's thread: it may take some milliseconds.
    var reload: ((inout Outbound) throws(Failure) -> String)?
    /// How many log records were dropped because the journal took no more.
    var droppedLogRecordCount: () -> UInt64 = { 0 }
}
