// Connects the chat to the server: reports the server's events to the chat, and carries out the
// chat's effects on the server.
import ChatDatabase
import ChatEngine
import ChatRooms
import Storage
import WebSocketServer

/// The chat as a WebSocket handler.
struct ChatHandler: HTTPHandler, MailHandler, OutputHandler, OperationsHandler, HandOverHandler,
    ~Copyable
{
    typealias Mail = ChatMail

    /// The cost of a command beside its bytes, and that of one effect, in units of ``Work``: 1.0 to
    /// 2.2 µs and 0.2 to 0.6 µs were measured.
    static var commandWork: Int { 2_048 }
    private static var effectWork: Int { 512 }

    var chat: Chat
    var effects = Effects()
    /// The topic of each room, by the room's index.
    var topics: [Topic?] = []
    /// Made when a page is asked for: a program that takes over has no time for it.
    private(set) lazy var site = Site()
    var encryption = Encryption()
    /// Hashes passwords on another thread.
    let passwords: PasswordWorker
    /// The connections whose passwords are being hashed or compared.
    var hashing: Set<ConnectionKey> = []
    /// The rights to publish over HTTP and the control socket, and to stop and reload the server.
    var access: Access
    var waiters = RoomWaiters()
    /// The way to what keeps messages and users; nil if they are in memory only.
    var store: StoreLink?
    /// The same store, for its figures.
    var database: ChatDatabase?
    /// Closes the database for a program that takes over, and opens it there; nil without one.
    let keeper: StoreKeeper?
    /// What the store had when it was opened, until the chat begins with it.
    var stored: StoredState?
    /// Whether it was reported that messages wait for the disk.
    var isStoreSlow = false
    /// Whether rooms, names or deadlines are due that a turn had no time for.
    var isTickDue = false
    /// Which kind of work was first when work was last continued.
    var beginningOfWork = 0
    /// Requests whose answers the store must find first, and how long the client would wait for
    /// news; nil if it would not.
    var unanswered: [RequestKey: UnansweredRequest] = [:]
    /// What the store has read and the chat has not taken yet.
    var readAnswers = Queue<StoreAnswer>()
    var publishingCosts = PublishingCosts()
    var streams = RoomStreams()
    /// The ID of the event that is being published.
    var eventID = ByteBuffer()
    /// Requests that have waited and are about to be answered, as many in a turn as its work
    /// allows.
    var released = Queue<(room: RoomID, waiter: RoomWaiters.Waiter)>()
    /// Reports to the service manager and the journal.
    var service: Service
    /// The accounts that the command line makes moderators.
    var moderatorNames: [String] = []
    /// Reads the configuration file again; nil if there is no file.
    var reloader: Reloader?
    var rates = Rates()
    var notes = ConnectionNotes()
    var ends = EndLog()
    var refusals = RefusalLog()
    var guesses = TokenGuesses()
    var kicks = KickCounts()
    /// Whether systemd has opened the listeners for clients: then the next connection after a stop
    /// starts the server again.
    var isActivatedBySocket: Bool
    /// The setting, which counts if ``isActivatedBySocket``.
    var idleExit: Duration?
    /// Where clients on this machine find the server; nil if that is not known.
    var clientURL: String?
    /// When the server began to serve.
    var started: Instant?
    /// What came of the last reading of the configuration.
    var lastReload = LastReload()
    var reloads = ReloadProgress()
    /// The installed program is only asked whether it could take over.
    var isChecking = false
    /// The way back from what happens to a reload.
    let mail = ChatMailbox()
    /// Whether systemd has started this process, perhaps to go on with the chat of the one before:
    /// then its files and sockets are those of the start.
    var isNewProcess = false
    /// What the program before has left, until this one begins; nil if there was none.
    var takenOver: ChatTakenOver?
    /// The database that was closed for another program; nil while this one has it.
    var leftDatabase: ChatDatabase.Identity?
    /// The rooms in Redis, which this server shares with others; nil if it is alone.
    var engine: EngineLink?
    /// How Redis was doing when the journal heard of it last, and what it has refused since.
    var engineState = EngineState.down
    var engineRefusal: String?
    /// The people here are being sent to other servers.
    var farewell: Farewell?
    /// How long the next attempt to come to rest may take.
    var restLimit = ChatHandler.shortestRest
    /// The connections that the chat is closing. Each leaves with its connection.
    var closing: [ConnectionID: Closing] = [:]

    init(
        limits: ChatLimits, epochSeed: UInt64, access: Access = Access(),
        service: consuming Service, reloader: Reloader? = nil, isActivatedBySocket: Bool = false,
        kept: KeptChat? = nil, keeper: StoreKeeper? = nil, engine: consuming EngineLink? = nil,
        passwords: PasswordWorker = PasswordWorker()
    ) {
        self.passwords = passwords
        self.isActivatedBySocket = isActivatedBySocket
        self.access = access
        self.service = service
        self.reloader = reloader
        store = kept.map { StoreLink($0.store) }
        database = kept?.database
        self.keeper = keeper
        stored = kept?.state
        let isShared = engine != nil
        self.engine = engine
        chat = Chat(
            limits: limits, epochSeed: epochSeed,
            store: isShared ? .shared : kept != nil || keeper != nil ? .own : .memory)
    }

    // MARK: Connections

    mutating func onStart(_ io: inout ServerContext) {
        started = takenOver?.started ?? io.now
        lastReload.at = io.wallClock
        fitHistory(io)
        if takenOver == nil { openDatabase(&io) }
        if let stored = stored.take() { chat.begin(with: stored, at: io.timestamp) }
        appointModerators()
        chat.openLobby(at: io.timestamp, &effects)
        carryOutEffects(&io)
        guard let takenOver = takenOver.take() else { return ProgramPages.releaseCodeOfStart }
        // Nobody is served until it is done: the first tick releases what the start needed.
        goOn(takenOver, &io)
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        chat.connectionOpened(
            id.key, resourceID: id.resourceID, address: ClientAddress(io.peer(of: id)),
            at: io.timestamp)
        notes.opened(id, at: io.now)
        service.events.opened(id, io.peer(of: id))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        guard message.isText else {
            let reason = "The chat speaks JSON in text messages."
            closing[id] = Closing(reason: reason, user: nil)
            throw Disconnect(.unsupportedData, reason)
        }
        notes.received(id)
        io.charge(Self.commandWork + Work.scannedByte * message.bytes.count)
        if chat.needsToken { provideToken(&io) }
        chat.received(
            message.bytes, from: id.key, isReachable: io.isReachable(id), at: io.timestamp, &effects
        )
        carryOutEffects(&io)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        let closing = closing.removeValue(forKey: id)
        let user = chat.userName(of: id.key) ?? closing?.user
        let reason = closing?.reason ?? ""
        service.events.ended(
            id, cause, io.peer(of: id),
            EventLog.Party(user: user, rooms: chat.roomNames(of: id.key)), reason: reason)
        ends.ended(
            id, cause, io.peer(of: id), user: user, age: notes.age(of: id, at: io.now),
            messageCount: notes.messageCount(of: id), wall: io.timestamp.wall, sentence: reason)
        chat.connectionClosed(id.key, at: io.timestamp, &effects)
        // Its result may not come any more, or comes for nobody.
        hashing.remove(id.key)
        carryOutEffects(&io)
    }

    mutating func onTick(_ io: inout ServerContext) {
        // A program that has taken over had no time for it.
        ProgramPages.releaseCodeOfStart
        fitHistory(io)
        watchStore(&io)
        sendAway(&io)
        tickChat(&io)
        countCertificateDays(io)
        io.applicationByteCount = heldByteCount
        endWaits(&io)
        service.tick(
            roomCount: chat.roomCount, userCount: chat.userCount,
            waiterCount: waiters.count + streams.count, &io)
        rates.note(io.statistics, at: io.now)
    }

    // MARK: Effects

    mutating func carryOutEffects(_ io: inout ServerContext) {
        // Once for the whole turn.
        if chat.hasWorkForStore { io.continueLater() }
        guard !effects.isEmpty else { return }
        io.charge(Self.effectWork * effects.list.count)
        // A local variable: its bytes are borrowed while `topics` is modified.
        var effects = Effects()
        swap(&effects, &self.effects)
        var refusedJobs: [PasswordJob] = []
        var tokenJobs: [(key: ConnectionKey, token: String)] = []
        /// For whom the effects are, if the store had to be asked first, and what was done before.
        var asker: ConnectionID?
        let spentBefore = io.spentWork
        for effect in effects.list {
            switch effect {
            case .reply(let key, let range):
                guard let id = io.connection(key) else { continue }
                io.send(text: effects.text(range), to: id)
            case .publish(let room, let range, let place, let sender):
                let before = io.spentWork
                publish(effects.text(range), to: room, place, &io)
                setPlace(of: room, place, &io)
                if let sender {
                    let work = io.spentWork - before
                    messagePublished(in: room, range.count, work, by: sender, &io)
                }
                if waiters.count > 0 { tellWaiters(room, &io) }
            case .subscribe(let key, let room):
                guard let id = io.connection(key) else { continue }
                subscribe(id, to: room, &io)
            case .unsubscribe(let key, let room):
                guard let id = io.connection(key) else { continue }
                io.unsubscribe(id, from: topic(of: room))
                io.connectionChanged(id)
            case .roomOpened(let room): setTopic(of: room, io.makeTopic())
            case .reset(let room): resetStreams(of: room, &io)
            case .roomForgotten(let room):
                endStreams(of: room, &io)
                io.removeTopic(topic(of: room))
                topics[Int(room.index)] = nil
                if waiters.count > 0 { tellWaiters(room, &io) }
            case .answer(let key, let index): answer(key, effects.answers[index], &io)
            case .hashPassword(let key, let index):
                let work = effects.passwords[index]
                refusedJobs += begin(PasswordJob(kind: .hash, connection: key, work: work))
            case .checkPassword(let key, let index):
                let work = effects.passwords[index]
                refusedJobs += begin(PasswordJob(kind: .check, connection: key, work: work))
            case .accepted(let room, let byteCount): messageAccepted(in: room, byteCount, &io)
            case .read(let key, let messageCount, let byteCount):
                asker = unanswered[key]?.id ?? io.connection(key)
                if let asker, messageCount > 0 {
                    io.charge(Self.workOfReading(messageCount, byteCount), to: asker)
                }
            case .pause(let key):
                guard let id = io.connection(key) else { continue }
                io.pauseReading(id)
            case .resume(let key):
                guard let id = io.connection(key) else { continue }
                io.resumeReading(id)
            case .owes(let key, let isOwing):
                guard let id = io.connection(key) else { continue }
                io.setOwing(id, isOwing)
            case .changed(let key):
                guard let id = io.connection(key) else { continue }
                io.connectionChanged(id)
            case .close(let key, let close, let formerUser):
                guard let id = io.connection(key) else { continue }
                let user = formerUser.map { effects.formerUsers[$0] }
                let reason = user?.sentence ?? "\(close.reason)"
                self.close(id, CloseCode(rawValue: close.code), reason, of: user?.name, &io)
            case .checkToken(let key, let index):
                tokenJobs.append((key, effects.accessTokens[index]))
            case .moderated(let index): service.events.moderated(effects.moderations[index])
            }
        }
        effects.removeAll()
        swap(&effects, &self.effects)
        if let asker { io.charge(io.spentWork - spentBefore, to: asker) }
        refuse(refusedJobs, &io)
        check(tokenJobs, &io)
    }

    func topic(of room: RoomID) -> Topic {
        guard let topic = topics[Int(room.index)] else {
            preconditionFailure("an effect names a room that was not opened")
        }
        return topic
    }

    private mutating func setTopic(of room: RoomID, _ topic: Topic) {
        while topics.count <= Int(room.index) { topics.append(nil) }
        topics[Int(room.index)] = topic
    }
}
