// The next process's side of a restart: what a store has kept is read, once, and then its carriers
// are empty.
import LinuxReactor
import Storage

/// What a store has kept.
enum KeptConnections {
    case nothing
    /// A state with the sockets that belong to it.
    case state(ProcessState)
    /// What was parked in case of a crash.
    case crashed(CrashedProcess)
    /// Sockets that nobody can go on with, and why.
    case lost([FileDescriptor], because: String)

    /// Reads what waits in these carriers, and closes them.
    static func read(from carriers: [FileDescriptor]) -> KeptConnections {
        var messages: [Carrier.Message] = []
        for carrier in carriers {
            while let message = Carrier.receive(from: carrier) { messages.append(message) }
        }
        Carrier.close(carriers)
        guard !messages.isEmpty else { return .nothing }
        return KeptMessages(messages).connections()
    }
}

/// The messages of all carriers, which come in any order.
private struct KeptMessages {
    private var states: [(message: CarrierMessage, file: SealedFile)] = []
    private var pieces: [(message: CarrierMessage, sockets: [FileDescriptor])] = []
    private var records: [(message: CarrierMessage, memory: SharedMemory)] = []
    private var parked: [(message: CarrierMessage, sockets: [FileDescriptor])] = []
    /// Of messages that cannot be read.
    private var unknown: [FileDescriptor] = []

    init(_ messages: [Carrier.Message]) {
        for message in messages {
            let read = message.isCut ? nil : CarrierMessage(message.bytes)
            guard let read else {
                unknown += message.descriptors
                continue
            }
            switch read.content {
            case .sockets: pieces.append((read, message.descriptors))
            case .state:
                for file in message.descriptors {
                    states.append((read, SealedFile(adopting: file)))
                }
            case .records:
                for file in message.descriptors {
                    if let memory = CrashedProcess.memory(in: file) {
                        records.append((read, memory))
                    }
                }
            case .parked where read.names.count == message.descriptors.count:
                parked.append((read, message.descriptors))
            case .parked: unknown += message.descriptors
            }
        }
        pieces.sort { $0.message.number < $1.message.number }
    }

    func connections() -> KeptConnections {
        // The process before has left everything in order, and these are copies; or it has not.
        if states.isEmpty, pieces.isEmpty, records.count == 1 {
            let (message, memory) = records[0]
            let own = parked.filter { $0.message.attempt == message.attempt }
            for other in parked where other.message.attempt != message.attempt {
                Carrier.close(other.sockets)
            }
            for socket in unknown { Carrier.end(socket) }
            return .crashed(CrashedProcess(memory, own))
        }
        do throws(StateError) {
            let (message, file) = try theState()
            let sockets = try sockets(of: message)
            let state = try Self.read(file, sockets)
            // Copies of the same sockets, from an earlier attempt, are not needed.
            Carrier.close(others(than: message.attempt))
            return .state(state)
        } catch {
            let sockets = (pieces + parked).flatMap(\.sockets) + unknown
            return .lost(sockets, because: error.description)
        }
    }

    private func theState() throws(StateError) -> (message: CarrierMessage, file: SealedFile) {
        guard let first = states.first else {
            throw StateError("the process before was ended while it left them")
        }
        guard states.count == 1 else { throw StateError("there are \(states.count) states") }
        return first
    }

    private func sockets(of state: CarrierMessage) throws(StateError) -> [FileDescriptor] {
        var sockets: [FileDescriptor] = []
        for piece in pieces where piece.message.attempt == state.attempt {
            guard Int(piece.message.number) == sockets.count else { break }
            sockets += piece.sockets
        }
        guard sockets.count == Int(state.number) else {
            throw StateError(
                "of \(state.number) sockets some are missing, or too few files may be open")
        }
        return sockets
    }

    private func others(than attempt: UInt64) -> [FileDescriptor] {
        pieces.filter { $0.message.attempt != attempt }.flatMap(\.sockets)
            + parked.flatMap(\.sockets) + unknown
    }

    /// Reads the file, which has the numbers that the sockets had in the last process.
    private static func read(
        _ file: SealedFile, _ sockets: [FileDescriptor]
    ) throws(StateError) -> ProcessState {
        var bytes: [UInt8]
        do throws(SystemError) { bytes = try file.read() } catch {
            throw StateError("\(error)")
        }
        var state: ProcessState
        do throws(StateError) { state = try StateFile.read(bytes) } catch {
            // The secrets of TLS connections are in it.
            bytes.wipe()
            throw error
        }
        guard state.handOver.descriptors.count == sockets.count else {
            throw StateError(
                "the state has \(state.handOver.descriptors.count) connections, and "
                    + "\(sockets.count) sockets are there")
        }
        state.handOver.descriptors = sockets
        return state
    }
}
