// What comes with `import WebSocketServer` of the modules below: the types that its interface
// names, and no more, so that other packages' names do not become ambiguous.
@_exported public import struct LinuxReactor.AddressRange
@_exported public import protocol LinuxReactor.DescriptorStore
@_exported public import struct LinuxReactor.Instant
@_exported public import enum LinuxReactor.ListenAddress
@_exported public import struct LinuxReactor.Listener
@_exported public import class LinuxReactor.Mailbox
@_exported public import struct LinuxReactor.NetworkAddress
@_exported public import struct LinuxReactor.PeerCredentials
@_exported public import struct LinuxReactor.Signal
@_exported public import struct LinuxReactor.SystemError
@_exported public import struct LinuxReactor.WallTime
@_exported public import struct Storage.StateError
@_exported public import struct Storage.StateReader
@_exported public import struct Storage.StateWriter
@_exported public import struct WebSocketCore.ClientAgreement
@_exported public import enum WebSocketCore.ClientHandshakeError
@_exported public import struct WebSocketCore.CloseCode
@_exported public import struct WebSocketCore.DeflateOffer
@_exported public import struct WebSocketCore.DeflateParameters
@_exported public import struct WebSocketCore.DeflatePolicy
@_exported public import struct WebSocketCore.HTTPStatus
@_exported public import struct WebSocketCore.HandshakeRejection
@_exported public import struct WebSocketCore.ProtocolViolation
@_exported public import struct WebSocketCore.RequestHead
@_exported public import struct WebSocketCore.WebSocketURL
@_exported public import enum WebSocketCore.WebSocketURLError
