// One import is enough: configurations, limits, causes and addresses come with it.
@_exported public import WebSocketServer
