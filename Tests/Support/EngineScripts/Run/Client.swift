// A person: what it has said, what it has seen, and where it is.

struct Client {
    let number: Int
    let room: Int
    /// The node that it is on, and whether the node has let it into the room.
    var host: Int?
    var isMember = false
    /// Entries below this serial number of the node's log were seen, or skipped.
    var nextSerial = 0
    var view = View()
    var messageCount = 0
    /// How often it speaks again at once.
    var burst = 0
    var unacknowledged: [String] = []
    /// It has said its last words.
    var isDone = false

    init(number: Int, room: Int) {
        self.number = number
        self.room = room
    }

    var name: String { "client \(number)" }
}
