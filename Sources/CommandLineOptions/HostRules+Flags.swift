// The names that a server answers to, as its flags set them.
import WebSocketServer

extension HostRules {
    /// An answer to a wrong name tells operators which flag takes the right one.
    package mutating func adviseFlags() {
        clientAdvice = "list it with --host-name"
        metricsAdvice = "list it with --metrics-host-name"
    }

    /// What the flags say about the way to https.
    package mutating func apply(_ options: TLSOptions) {
        httpsPort = options.httpsPort
        strictTransportAge = options.hsts?.duration
    }
}
