// Ratchet's echo: a client hears what it has said.
import WebSocketServer

let port = UInt16(CommandLine.arguments.last!) ?? 8080

serve(port: port) { message, id, io in
    io.send(message, to: id)
}
