// One import for the library's user: close codes and request heads, addresses, errors and byte
// buffers come with it.
@_exported public import LinuxReactor
@_exported public import Storage
@_exported public import WebSocketCore
