// How the servers of this package are started.

extension ServerProcess.Command {
    /// The same server with TLS, and a certificate that it makes itself, unless it has one.
    var encrypted: Self {
        if isEncrypted { return self }
        var command = self
        command.arguments.append("--tls-self-signed")
        command.name += " --tls-self-signed"
        command.isEncrypted = true
        return command
    }

    /// The same server with TLS and this certificate.
    func encrypted(with files: CertificateFiles) -> Self {
        var command = self
        command.arguments += [
            "--tls-certificate", files.certificate, "--tls-key", files.privateKey,
        ]
        command.name += " with TLS"
        command.isEncrypted = true
        return command
    }

    /// Echoes, with `Limits.benchmark`.
    static func echo() throws -> Self {
        Self(
            arguments: [try Products.path("echo-server"), "{port}", "--verbatim"],
            name: "echo-server --verbatim", sharingFlag: "--reuse-port")
    }

    /// Connection i is in room i mod `rooms`.
    static func broadcast(rooms: Int = 1, _ more: String...) throws -> Self {
        let flags = (rooms == 1 ? [] : ["--rooms", "\(rooms)"]) + more
        return Self(
            arguments: [try Products.path("broadcast-server"), "{port}"] + flags,
            name: (["broadcast-server"] + flags).joined(separator: " "),
            sharingFlag: "--reuse-port")
    }

    /// Without a database: a load test must not fill that of the user who runs it.
    static func chat(_ more: String...) throws -> Self {
        let flags = ["--history", "memory"] + more
        return Self(
            arguments: [try Products.path("roost"), "serve", "--port", "{port}"] + flags,
            path: "/chat", name: (["roost serve"] + flags).joined(separator: " "),
            sharingFlag: "--reuse-port")
    }
}
