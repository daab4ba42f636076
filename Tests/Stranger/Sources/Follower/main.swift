// Talks to a server, and comes back when it was away.
import WebSocketServerAsync

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/"

try await stayConnected(to: ConnectRequest(url)) { socket in
    for try await message in socket.messages {
        try await socket.send("I have heard \(message.text)")
    }
}
