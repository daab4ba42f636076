// The peer of SwiftNIO: `nio-peer echo|broadcast PORT [CERTIFICATE KEY]`. Channel handlers on one
// event loop, which is its fastest way; echoes are flushed once for all that were read together.
// `nio-peer async PORT` echoes in tasks: AsyncEcho.swift.
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The channels of the one event loop, used only on that loop.
final class Everybody: @unchecked Sendable {
    var channels: [ObjectIdentifier: Channel] = [:]
}

final class WebSocketHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let everybody: Everybody?

    init(_ everybody: Everybody?) { self.everybody = everybody }

    func handlerAdded(context: ChannelHandlerContext) {
        everybody?.channels[ObjectIdentifier(context.channel)] = context.channel
    }

    func channelInactive(context: ChannelHandlerContext) {
        everybody?.channels[ObjectIdentifier(context.channel)] = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary:
            let reply = WebSocketFrame(fin: true, opcode: frame.opcode, data: frame.unmaskedData)
            guard let everybody else { return context.write(wrapOutboundOut(reply), promise: nil) }
            for channel in everybody.channels.values { channel.writeAndFlush(reply, promise: nil) }
        case .ping:
            context.write(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)),
                promise: nil)
        case .connectionClose:
            let reply = WebSocketFrame(
                fin: true, opcode: .connectionClose, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(reply)).whenComplete {
                [channel = context.channel] _ in
                channel.close(promise: nil)
            }
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 3 || arguments.count == 5, let port = Int(arguments[2]) else {
    fatalError("echo|broadcast|async PORT [CERTIFICATE KEY]")
}
/// The settings of TLS, if it is spoken.
let tls =
    arguments.count < 5
    ? nil
    : try NIOSSLContext(
        configuration: .makeServerConfiguration(
            certificateChain: NIOSSLCertificate.fromPEMFile(arguments[3]).map {
                .certificate($0)
            },
            privateKey: .privateKey(NIOSSLPrivateKey(file: arguments[4], format: .pem))))
let everybody = arguments[1] == "broadcast" ? Everybody() : nil
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
if arguments[1] == "async" {
    Task { try await serveAsync(port: port, group) }
    // The tasks have threads of their own.
    while true { pause() }
}
let upgrader = NIOWebSocketServerUpgrader(
    maxFrameSize: 1 << 26,
    shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
    upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(WebSocketHandler(everybody))
        }
    })
let server = try ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 4096)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            guard let tls else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }.flatMap {
            channel.pipeline.configureHTTPServerPipeline(
                withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
        }
    }
    .bind(host: "127.0.0.1", port: port).wait()
try server.closeFuture.wait()
