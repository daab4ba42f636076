// The messages of a page of history, each as an event stream sends it: its bytes and its place.
import ChatRooms
import WebSocketServer

/// What a page of history (`{"type":"history",…}`) has for an event stream. It reads the page as
/// every client does, and needs nothing of the chat but what the protocol promises.
struct PageEvents {
    /// Where an entry stands in a room's history.
    struct Place: Equatable {
        var offset = 0
        var epoch = ""

        /// `OFFSET-EPOCH`, as `Last-Event-ID` names it.
        var id: String { "\(offset)-\(epoch)" }
    }

    struct Message {
        /// Where the message's object stands in the page.
        let range: Range<Int>
        let place: Place
    }

    /// The messages, oldest first.
    private(set) var messages: [Message] = []
    /// The place of the room's newest message when the page was made.
    private(set) var newest = Place()
    /// Whether more messages follow, or with `isRecovered` false come before.
    private(set) var isMore = false
    /// Whether everything after the place that was asked for is still there; nil if none was.
    private(set) var isRecovered: Bool?
    /// The room's name, in quotes.
    private(set) var room = ""

    /// Reads a page that the chat has written.
    init(_ page: Span<UInt8>) {
        var first: String?
        var list: Range<Int>?
        var members = JSONPieces(page, at: 0)
        while let (key, value) = members.next(in: page) {
            if page.has("messages", at: key) { list = value }
            if page.has("room", at: key) { room = page.text(value) }
            if page.has("epoch", at: key) { newest.epoch = page.text(value.unquoted) }
            if page.has("first_epoch", at: key) { first = page.text(value.unquoted) }
            if page.has("offset", at: key) { newest.offset = page.number(value) }
            if page.has("more", at: key) { isMore = page.has("true", at: value) }
            if page.has("recovered", at: key) { isRecovered = page.has("true", at: value) }
        }
        guard let list else { return }
        // A message names its epoch where that is not the one of the message before it.
        var place = Place(epoch: first ?? newest.epoch)
        var elements = JSONPieces(page, at: list.lowerBound)
        while let (_, message) = elements.next(in: page) {
            var fields = JSONPieces(page, at: message.lowerBound)
            while let (key, value) = fields.next(in: page) {
                if page.has("offset", at: key) { place.offset = page.number(value) }
                if page.has("epoch", at: key) { place.epoch = page.text(value.unquoted) }
            }
            messages.append(Message(range: message, place: place))
        }
    }
}

extension Range<Int> {
    fileprivate var unquoted: Range<Int> { lowerBound + 1..<upperBound - 1 }
}
