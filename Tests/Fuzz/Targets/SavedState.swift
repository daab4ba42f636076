// The state that one process saves for the next, damaged on the way.
import LinuxReactor

@testable import ChatRooms
@testable import SimulationKit
@testable import WebSocketServer
@testable import WebSocketServerTesting

/// A damaged state is refused, or it is restored and everything is true of it that is true of any
/// other: it never ends the process.
func fuzzSavedState(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    if input.bool() {
        try restoreServer(&input)
    } else {
        try restoreChat(&input)
    }
}

/// Damage by a disk, a bug or an attacker.
private func damage(_ state: [UInt8], _ input: inout FuzzInput) -> [UInt8] {
    var state = state
    while !input.isAtEnd, !state.isEmpty {
        let kind = input.byte()
        let place = min(Int(input.byte()) << 8 | Int(input.byte()), state.count - 1)
        switch kind & 7 {
        case 0, 1: state[place] = input.byte()
        case 2: state[place] &+= 1
        case 3: state[place] &-= 1
        case 4: state[place] ^= 1 << (kind >> 5)
        case 5: for index in place..<min(place + 4, state.count) { state[index] = 0xFF }
        case 6: state.removeSubrange(place..<min(place + Int(kind >> 3) + 1, state.count))
        default: state.insert(contentsOf: input.take(Int(kind >> 3) + 1), at: place)
        }
    }
    return state
}

// MARK: - The chat

private let chatLimits: ChatLimits = {
    var limits = ChatLimits.withoutRateLimit
    limits.messagesPerRoomLimit = 5
    limits.historyByteLimitPerRoom = 1000
    return limits
}()

/// Users in two rooms, an account whose user has gone, a connection without a login, an empty room,
/// and two hooks.
private let savedChat: [UInt8] = {
    var chat = Chat(limits: chatLimits, epochSeed: 7)
    var effects = Effects()
    let now = Timestamp(monotonic: 1_000_000, wall: 1_795_381_500_123)
    chat.openLobby(at: now, &effects)
    for slot in 0..<4 as Range<UInt32> {
        let key = ConnectionKey(slot: slot, generation: 1)
        let address = ClientAddress(bits: UInt128(slot))
        chat.connectionOpened(key, resourceID: UInt64(slot), address: address, at: now)
        if slot == 3 { continue }
        chat.provide(SessionToken(bits: UInt128(slot + 1) << 90))
        for command in [
            #"{"type":"login","user":"user\#(slot)"}"#,
            #"{"type":"join","room":"room\#(slot)"}"#,
            #"{"type":"message","room":"room\#(slot)","text":"hello","id":"1"}"#,
            #"{"type":"message","text":"to all"}"#, #"{"type":"typing","room":"lobby"}"#,
        ] {
            chat.received(Array(command.utf8).span, from: key, at: now, &effects)
        }
    }
    // Two have accounts, of whom one goes; somebody has tried a wrong password.
    for slot in [0, 2] as [UInt32] {
        let key = ConnectionKey(slot: slot, generation: 1)
        let command = Array(#"{"type":"account","password":"password"}"#.utf8)
        chat.received(command.span, from: key, at: now, &effects)
        chat.passwordHashed(key, "hash", at: now, &effects)
    }
    let last = ConnectionKey(slot: 3, generation: 1)
    let command = Array(#"{"type":"login","user":"user0","password":"password"}"#.utf8)
    chat.received(command.span, from: last, at: now, &effects)
    chat.passwordChecked(last, false, at: now, &effects)
    chat.connectionClosed(ConnectionKey(slot: 2, generation: 1), at: now, &effects)
    for (number, room) in ["lobby", "room9"].enumerated() {
        chat.provide(SessionToken(bits: UInt128(number + 1) << 80))
        _ = try? chat.addHook(room: room, name: "hook\(number)", at: now)
    }
    return chat.save(at: now)
}()

private func restoreChat(_ input: inout FuzzInput) throws {
    let state = damage(savedChat, &input)
    var now = Timestamp(monotonic: 5000, wall: 1_795_381_600_000)
    guard var chat = try? Chat(restoring: state, limits: chatLimits, at: now) else { return }
    var effects = Effects()
    var keys: [ConnectionKey] = []
    for slot in 0..<UInt32(chat.connections.count)
    where chat.connections[slot].state != .closed {
        keys.append(ConnectionKey(slot: slot, generation: chat.connections[slot].generation))
    }
    for (index, key) in keys.enumerated() {
        if chat.needsToken { chat.provide(SessionToken(bits: UInt128(index + 99) << 80)) }
        for command in [
            #"{"type":"login","user":"user\#(index)"}"#, #"{"type":"join","room":"room1"}"#,
            #"{"type":"history","room":"lobby"}"#, #"{"type":"who","room":"lobby"}"#,
            #"{"type":"message","text":"\#(String(repeating: "long ", count: 60))"}"#,
            #"{"type":"message","room":"room1","text":"a","id":"1"}"#,
            #"{"type":"join","room":"lobby","since":{"epoch":"k3v9","offset":1}}"#,
            index % 4 == 3 ? #"{"type":"logout"}"# : #"{"type":"leave","room":"room2"}"#,
        ] {
            chat.received(Array(command.utf8).span, from: key, at: now, &effects)
        }
        now.monotonic += 3000
        chat.tick(at: now, &effects)
    }
    let body = Array(#"{"text":"posted","id":"1"}"#.utf8)
    for (index, hook) in chat.hooks(after: 0, count: .max).enumerated() {
        let request = RequestKey(slot: 1000 + UInt32(index), generation: 1)
        _ = chat.admit(hook, body.count, from: .exempt, at: now)
        _ = chat.post(body.span, by: hook, for: request, at: now, &effects)
        try check(chat.deleteHook(hook.number) == hook, "a hook that is not there")
    }
    _ = chat.save(at: now)
    for key in keys { chat.connectionClosed(key, at: now, &effects) }
    for _ in 0..<3 {
        now.monotonic += 100_000_000
        chat.tick(at: now, &effects)
    }
    try check(chat.memberships.count, equals: 0, "memberships of nobody")
    try check(chat.subscriptions.count, equals: 0, "subscriptions of nobody")
}

// MARK: - The server

private let serverLimits: Limits = {
    var limits = Limits()
    limits.messageByteCount = 5000
    limits.topicLogByteCount = 5000
    limits.connectionCount = 20
    return limits
}()

/// A subscriber that is behind, with a marker; others in the middle of a frame, of a message, of a
/// request head and of closing.
private let savedServer: HandOver = {
    guard var simulation = try? Simulation(Contract(), limits: serverLimits) else {
        preconditionFailure("the simulation has no faults yet")
    }
    var clients: [SimulatedClient] = []
    for _ in 0..<5 { clients.append(simulation.open()) }
    // All connections join every room.
    for client in clients {
        client.send(1, [UInt8](repeating: 0x61, count: 8 * 3 + 5))
    }
    simulation.settle()
    simulation.network.sockets[clients[1].socket]!.window = 3
    for client in clients { client.send(1, [UInt8](repeating: 0x62, count: 16)) }
    clients[0].send(1, [UInt8](repeating: 0x63, count: 18))
    clients[2].send(1, Array("half of".utf8), isFinal: false)
    let frame = SimulatedClient.frame(1, [UInt8](repeating: 0x64, count: 300))
    simulation.network.send(Array(frame.prefix(200)), on: clients[3].socket)
    clients[4].send(1, [UInt8](repeating: 0x65, count: 8 * 3 + 6))
    let idle = simulation.network.connect()
    simulation.network.send(Array("GET / HTT".utf8), on: idle)
    simulation.settle()
    return simulation.core.save { _, _ in }
}()

private func restoreServer(_ input: inout FuzzInput) throws {
    let state = damage(Array(savedServer.state), &input)
    var simulation = try Simulation(Contract(), limits: serverLimits)
    // The sockets have different numbers here.
    let sockets = savedServer.descriptors.map { _ in simulation.network.connect() }
    simulation.network.backlog = []
    simulation.network.openDescriptors = Set(sockets)
    let handOver = HandOver(
        state: state, descriptors: sockets.map { FileDescriptor(rawValue: $0) })
    do {
        try simulation.core.restore(handOver) { _, _ throws(StateError) in }
    } catch {
        try check(!error.description.isEmpty, "an error without words")
        return
    }
    // The handler gets the end of every connection that it knows, whether it is still open or not.
    for slot in simulation.core.io.connections.slots.indices
    where simulation.core.io.connections.slots[slot].flags.contains(.announced) {
        simulation.handler.open.append(simulation.core.io.connections.id(of: slot))
    }
    while simulation.handler.rooms.count < 3 {
        simulation.handler.rooms.append(simulation.core.io.makeTopic())
    }
    simulation.core.checkInvariants("after taking up")
    for (index, socket) in sockets.enumerated() {
        simulation.network.send([0x01, 0x02], on: socket)
        simulation.network.send(SimulatedClient.frame(1, [0x61]), on: socket)
        simulation.turn()
        simulation.core.checkInvariants("after message \(index)")
    }
    for socket in sockets { simulation.network.sockets[socket]!.clientHasEnded = true }
    simulation.handler.holdsNobody = true
    simulation.run(for: .seconds(60))
    simulation.core.checkInvariants("the end")
    try check(simulation.network.openDescriptors.isEmpty, "sockets are left")
    try check(simulation.core.takenCounts.connections, equals: 0, "connections")
    try check(simulation.core.takenCounts.subscriptions, equals: 0, "subscriptions")
}
