// The flags about who may come in.
import ArgumentParser
import CommandLineOptions
import SystemdSupport

/// What proves who somebody is.
struct AuthOptions: ParsableArguments {
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case none, token, jwt
    }

    @Option(
        help: """
            What proves who somebody is: 'none', names are free, and accounts have passwords; \
            'token', everybody needs a token of 'roost token'; or 'jwt', a JSON Web Token of \
            somebody else.
            """)
    var auth = Mode.none

    @Option(
        help: ArgumentHelp(
            """
            The file with the key of 'token', or the public keys of 'jwt' (PEM, or a JSON Web Key \
            Set). Default: auth-key of $CREDENTIALS_DIRECTORY, which systemd sets.
            """, valueName: "file"))
    var authKey: String?

    @Option(
        help: "Whether anybody may read rooms over HTTP without a token: 'on' or 'off'.")
    var publicRead = Switch.on

    /// The file with the key; nil if none is named.
    var keyPath: String? {
        authKey ?? SystemUser.environment("CREDENTIALS_DIRECTORY").map { $0 + "/auth-key" }
    }

    func validate() throws {
        guard auth == .none || keyPath != nil else {
            throw ValidationError("--auth \(auth.rawValue) needs a key: --auth-key FILE.")
        }
    }

    /// What checks tokens; nil if nobody needs one. With `again`, nothing is read that may make a
    /// server wait.
    func verifier(again: Bool = false) throws -> TokenVerifier? {
        guard auth != .none, let path = keyPath else { return nil }
        if again { try TextFile.requireRegular(path) }
        if auth == .jwt { return TokenVerifier(keys: try TokenKeySet.read(path)) }
        let secret = try TokenKeyFile.secret(path)
        return TokenVerifier(keys: [TokenKey(material: .secret(secret))])
    }
}
