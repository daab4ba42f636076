// The modules that come with `import WebSocketServer`: close codes and request heads, addresses,
// errors and byte buffers.
@_exported public import LinuxReactor
@_exported public import Storage
@_exported public import WebSocketCore
