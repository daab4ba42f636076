// Scripts by seed: most steps are about connections that exist, so that few are passed over.
import LinuxReactor
import WebSocketServerTesting

/// Steps that are the same for a seed for ever.
struct Script {
    let seed: UInt64
    var steps: [Step]

    init(seed: UInt64) {
        var maker = Maker(random: SeededGenerator(seed: seed))
        self.seed = seed
        steps = maker.make()
    }
}

private struct Maker {
    var random: SeededGenerator
    var count = 0
    var steps: [Step] = []

    mutating func make() -> [Step] {
        let limit = Int.random(in: 2...6, using: &random)
        let length = Int.random(in: 6...24, using: &random)
        while steps.count < length {
            if count < limit, count == 0 || chance(5) { begin() } else { go() }
        }
        return steps
    }

    private mutating func chance(_ one: Int) -> Bool {
        Int.random(in: 0..<one, using: &random) == 0
    }

    private mutating func begin() {
        let number = count
        count += 1
        if chance(6) {
            steps.append(
                .serverConnect(number, Destination.allCases.randomElement(using: &random)!))
        } else {
            let listener: ListenerName = chance(4) ? .local : .network
            steps.append(.connect(number, listener))
            if !chance(8) { steps.append(.accept(listener)) }
        }
        if !chance(3) { steps.append(watch(.connection(number), .add)) }
    }

    private mutating func watch(_ watched: Watched, _ change: PollChange) -> Step {
        let bits: [Readiness] = [
            [], .readable, .writable, .peerEnded, [.readable, .writable], [.readable, .peerEnded],
            [.readable, .writable, .peerEnded],
        ]
        let variant = UInt64.random(in: 1...3, using: &random)
        let token =
            switch watched {
            case .connection(let number): UInt64(number) + 16 * variant
            case .listener(let listener): 100 + UInt64(listener.rawValue)
            case .wakeup: 110 + variant
            }
        return .watch(watched, change, bits.randomElement(using: &random)!, token: token)
    }

    private mutating func go() {
        let number = Int.random(in: 0..<count, using: &random)
        let side: Side = Bool.random(using: &random) ? .server : .peer
        let size = chance(6) ? 2000 : Int.random(in: 1...40, using: &random)
        let change = [PollChange.add, .modify, .modify, .remove].randomElement(using: &random)!
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: steps.append(.send(number, side, byteCount: size))
        case 22..<42: steps.append(.receive(number, side, atMost: chance(3) ? size : 4096))
        case 42..<50: steps.append(.endOutput(number, side))
        case 50..<56: steps.append(.close(number, side))
        case 56..<62: steps.append(.reset(number, side))
        case 62..<65: steps.append(.takeError(number))
        case 65..<75: steps.append(watch(.connection(number), change))
        case 75..<79: steps.append(.duplicate(number))
        case 79..<83: steps.append(.closeDuplicate(number))
        case 83..<85: steps.append(watch(.listener(chance(3) ? .local : .network), change))
        case 85..<87: steps.append(watch(.wakeup, change))
        case 87..<89: steps.append(chance(3) ? .clearWakeup : .wake)
        case 89..<91: steps.append(.accept(chance(3) ? .local : .network))
        case 91..<93:
            steps.append(.fill(number))
            if chance(6) { steps.append(.reset(number, .server)) } else if chance(3) { go() }
            if !chance(3) { steps.append(.drain(number)) }
        case 93..<95: steps.append(.drain(number))
        case 95: steps.append(.acknowledged(number))
        case 96: steps.append(chance(2) ? .credentials(number) : .limitUnsent(number))
        case 97: steps.append(.closeListener(chance(3) ? .local : .network))
        default: steps.append(.waitForEach)
        }
    }
}
