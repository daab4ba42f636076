// The echo with SwiftNIO's async face: NIOAsyncChannel, and a task for each connection.
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A connection after its request: a WebSocket, or nothing that is served here.
private enum Upgraded: Sendable {
    case webSocket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
    case other
}

/// Serves until the process ends. Each connection is read and written by its task alone.
func serveAsync(port: Int, _ group: MultiThreadedEventLoopGroup) async throws {
    let server = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 4096)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try upgrading(channel) }
        }
    try await withThrowingDiscardingTaskGroup { tasks in
        try await server.executeThenClose { connections in
            for try await connection in connections {
                tasks.addTask {
                    guard case .webSocket(let channel)? = try? await connection.get() else {
                        return
                    }
                    try? await echo(channel)
                }
            }
        }
    }
}

private func echo(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async throws {
    try await channel.executeThenClose { frames, replies in
        for try await frame in frames {
            switch frame.opcode {
            case .text, .binary:
                try await replies.write(
                    WebSocketFrame(fin: true, opcode: frame.opcode, data: frame.unmaskedData))
            case .ping:
                try await replies.write(
                    WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose:
                try await replies.write(
                    WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
                return
            default: break
            }
        }
    }
}

private func upgrading(_ channel: any Channel) throws -> EventLoopFuture<Upgraded> {
    let upgrader = NIOTypedWebSocketServerUpgrader<Upgraded>(
        maxFrameSize: 1 << 26,
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
        upgradePipelineHandler: { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
            }
        })
    let upgrades = NIOTypedHTTPServerUpgradeConfiguration(
        upgraders: [upgrader],
        notUpgradingCompletionHandler: { channel in
            channel.close().map { .other }
        })
    return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
        configuration: .init(upgradeConfiguration: upgrades))
}
