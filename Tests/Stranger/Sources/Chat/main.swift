// Serves the chat until Ctrl-C or SIGTERM.
import WebSocketServer

let port = UInt16(CommandLine.arguments.last!) ?? 8080
serve(Chat(), ServerConfiguration(port: port))
