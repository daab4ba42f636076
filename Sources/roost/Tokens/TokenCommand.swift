// UNSAFE: time(2) with a null pointer.
//
// `roost token`: makes tokens, and the key for them. It asks no server.
import ArgumentParser
import ChatRooms
import CommandLineOptions
import Glibc

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a token for a server that runs with --auth token.",
        discussion: """
            roost token --new-key /etc/roost/auth-key
            roost token ann --key /etc/roost/auth-key --expires 12h
            roost token ann --key /etc/roost/auth-key --rooms 'team-*' --rooms lobby

            The token is a JSON Web Token (HS256) with the claims sub, exp, rooms and mod: any \
            program that has the key can make one. It can't be taken back before it expires, but \
            'roost ban' keeps a name out.
            """)

    @Argument(help: "The name of the person whom the token is for.")
    var name: String?

    @Option(help: ArgumentHelp("The file with the server's key.", valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "A room that the token is for; * stands for any characters. May be given several times. "
                + "Default: all rooms.", valueName: "room"))
    var rooms: [String] = []

    @Flag(help: "The person moderates.")
    var moderator = false

    @Option(help: ArgumentHelp("How long the token is valid.", valueName: "time"))
    var expires = TimeSpan(argument: "12h")!

    @Option(help: ArgumentHelp("Make this file, with a new key.", valueName: "file"))
    var newKey: String?

    func validate() throws {
        guard newKey == nil else {
            guard name == nil, key == nil else {
                throw ValidationError("--new-key makes a key, and no token.")
            }
            return
        }
        guard let name else {
            throw ValidationError("Say whom the token is for: roost token NAME --key FILE.")
        }
        if let flaw = Chat.flaw(inUserName: name) { throw ValidationError(flaw) }
        guard key != nil else {
            throw ValidationError("Name the file with the server's key: --key FILE.")
        }
        guard rooms.count <= TokenClaims.roomLimit else {
            throw ValidationError("--rooms: \(TokenClaims.roomLimit) rooms at most.")
        }
    }

    func run() throws {
        if let newKey { return try TokenKeyFile.make(newKey) }
        guard let name, let key else { return }
        let secret = try TokenKeyFile.secret(key)
        let wall = Int64(time(nil)) * 1000
        let claims = TokenClaims(
            name: name, rooms: rooms.isEmpty ? nil : rooms, isModerator: moderator,
            expiresAt: wall + max(1, expires.duration.components.seconds) * 1000)
        print(secret.token(claims, at: wall))
    }
}
