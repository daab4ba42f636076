// Words and names that are on their way out, and how many of each may remain.

struct WordRule {
    enum Scope {
        /// Comments, texts and pages.
        case prose
        /// Code as well.
        case everything
    }

    let name: String
    let pattern: String
    let scope: Scope
    let remaining: Int
    let instead: String
    /// Beginnings of paths below which the word has another sense, and is right.
    let exceptions: [String]

    init(
        _ name: String, _ pattern: String, in scope: Scope = .prose, remaining: Int = 0,
        instead: String, except exceptions: [String] = []
    ) {
        self.exceptions = exceptions
        self.name = name
        self.pattern = pattern
        self.scope = scope
        self.remaining = remaining
        self.instead = instead
    }

    /// A name that was given up, in whole words.
    init(old pattern: String, remaining: Int = 0, now name: String) {
        self.init(
            pattern, #"\b(?:"# + pattern + #")\b"#, in: .everything, remaining: remaining,
            instead: "Write \(name)")
    }
}

enum WordTable {
    /// What says which names there were.
    static let unread = ["CHANGELOG.md", "Tests/Unit/TidyTests"]

    /// Habits of speech. The number goes down only.
    static let habits = [
        WordRule(
            "Who… at a sentence's start", #"\bWho(?:ever)?\b"#, remaining: 1,
            instead: "Begin with the noun: Peers that …, A handler that …"),
        WordRule(
            "is told", #"\b(?:[Ii]s|was|are|were|be|been|being)\s+told\b"#, remaining: 1,
            instead: "Say who learns what, and how"),
        WordRule("seen to", #"\b[Ss]een\s+to\b"#, remaining: 0, instead: "Name what is done"),
        WordRule("owed", #"\bowed\b"#, remaining: 0, instead: "Write undelivered, unsent, due"),
        WordRule(
            "so many", #"\b[Ss]o\s+many\b"#, remaining: 0, instead: "Give the number, or \"many\""),
        WordRule(
            "one that, those that", #"\b(?:[Oo]nes?|[Tt]hose)\s+that\b"#, remaining: 6,
            instead: "Repeat the noun: a connection that …"),
        WordRule("door", #"\b[Dd]oors?\b"#, remaining: 0, instead: "Write listener"),
        WordRule(
            "letter", #"\b[Ll]etters?\b"#, remaining: 4, instead: "Write item or message",
            // Names are made of them.
            except: [
                "Sources/CUnicode", "Sources/ChatRooms/Name", "Sources/ChatRooms/PROTOCOL.md",
                "scripts/unicode", "Tests/Unit/ChatRoomsTests/",
                "Tests/Support/python/browser_content.py",
            ]),
        WordRule("outward", #"\b[Oo]utwards?\b"#, remaining: 0, instead: "Write outgoing"),
        WordRule(
            "dial", #"\b[Dd]ial(?:s|l?ed|l?ing)?\b"#, remaining: 0,
            instead: "Write connect, outgoing connection"),
        WordRule(
            "of our own making", #"\bof\s+(?:our|its|their)\s+own\s+making\b"#, remaining: 0,
            instead: "Write outgoing"),
        WordRule("short way", #"\b[Ss]hort\s+way\b"#, remaining: 0, instead: "Write fast path"),
        WordRule("lane", #"\b[Ll]anes?\b"#, remaining: 0, instead: "Write variant"),
    ]

    /// Names of before.
    static let names = [
        WordRule(old: "Outbound", now: "ServerContext"),
        WordRule(old: "resourceId|resourceIds|lastResourceId", remaining: 1, now: "resourceID"),
        WordRule(
            old: "SlowMemberPolicy|tooSlow|endTooSlow", now: "SlowConsumerPolicy, slowConsumer"),
        WordRule(old: "ChatMoment|io\\.moment", now: "Timestamp, io.timestamp"),
        WordRule(old: "onRoundTrip|RoundTrip", now: "onLoopProbe, LoopProbe"),
        WordRule(old: "tooFastFromAddress", now: "rateLimitedAddress"),
        WordRule(old: "newConnectionsPerAddressAndSecond", now: "connectionRatePerAddress"),
        WordRule(old: "takeLookUps|unresolved", now: "takeResolved, nameResolutionFailed"),
        WordRule(old: "Limits\\.measuring", now: "Limits.benchmark"),
        WordRule(
            old: "takesShortWay|endShortWay", remaining: 0, now: "isFastPathEligible, leaveFastPath"
        ),
        WordRule(old: "TopicLane|queuedLanes", now: "TopicVariant, dirtyVariants"),
        WordRule(
            old: "dropLapped|passStart", remaining: 0, now: "applySlowConsumerPolicy, passEnd"),
        WordRule(
            old: "keepPlaceInTopics|copyMarked|copyPending", remaining: 0,
            now: "insertOrderMarkers, materializeMarkers, materializeBacklog"),
        WordRule(old: "takeOverRules|newRules", now: "applyPendingSettings, pendingSettings"),
        WordRule(
            old: "breakPipe|giveUpDial|turnAway", remaining: 0,
            now: "ConnectionPhase's and Lifecycle's verbs"),
        WordRule(old: "finishConnections|finishing", remaining: 0, now: "reapConnections, reaping"),
        WordRule(old: "tellRefusals|announceEnd", now: "reportRefusals, notifyClosed"),
        WordRule(old: "giveBack", now: "free"),
        WordRule(old: "borrowMemory|spareOutput", now: "acquireBuffer, sparePool"),
        WordRule(
            old: "heardAt|leftover|decodeKept", remaining: 0,
            now: "lastReceiveTick, pendingInput, decodePendingInput"),
        WordRule(old: "respond\\(to: \\w+, _", now: "respond(to:with:)"),
        WordRule(old: "Foreign[A-Z]\\w*|foreign_\\w+", now: "Interop…, interop_…"),
        WordRule(old: "ConformanceTests|SystemdTests", now: "InteropTests, SystemTests"),
    ]
}
