// One import for the library's user: close codes and request heads, addresses and errors come with it.
@_exported public import LinuxReactor
@_exported public import WebSocketCore
