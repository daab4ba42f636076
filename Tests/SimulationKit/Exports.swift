// What comes with the kit: the simulated machine.
@_exported public import WebSocketServerTesting
