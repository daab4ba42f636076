// Passwords on their way between the chat and the thread that hashes them, and session tokens.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    mutating func provideToken(_ io: inout ServerContext) {
        let bits = io.randomBytes(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        chat.provide(SessionToken(bits: bits))
    }

    /// Has a password hashed or compared. Returns the job if too many others wait.
    mutating func begin(_ job: PasswordJob) -> [PasswordJob] {
        guard passwords.begin(job) else { return [job] }
        hashing.insert(job.connection)
        return []
    }

    mutating func take(_ result: PasswordResult, _ io: inout ServerContext) {
        if chat.needsToken { provideToken(&io) }
        hashing.remove(result.connection)
        switch result {
        case .hashed(let key, let hash):
            chat.passwordHashed(key, hash, at: io.timestamp, &effects)
        case .checked(let key, let isRight):
            chat.passwordChecked(key, isRight, at: io.timestamp, &effects)
        }
        carryOutEffects(&io)
    }

    /// Too many passwords wait already for these to be taken.
    mutating func refuse(_ jobs: [PasswordJob], _ io: inout ServerContext) {
        guard !jobs.isEmpty else { return }
        for job in jobs {
            switch job.kind {
            case .hash: chat.passwordHashed(job.connection, nil, at: io.timestamp, &effects)
            case .check: chat.passwordChecked(job.connection, nil, at: io.timestamp, &effects)
            }
        }
        carryOutEffects(&io)
    }
}
