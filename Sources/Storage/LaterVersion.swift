// UNSAFE: the result of getenv(3) is copied at once, before any thread could change it.
//
// For tests of upgrades and downgrades: a debug build plays a later version of itself, so that two
// versions can go to and fro before there are two.
import LibC

/// How a program differs from this one, as a later version would. Release builds never do.
package enum LaterVersion: String, Sendable {
    /// Each record of its state has more at the end, which this version skips.
    case fields
    /// The same, and this version must not skip it.
    case form
    /// The same as ``fields``, and its database has one table more.
    case tables

    /// What the environment says (ROOST_LATER_VERSION); nil: the program is what it is.
    package static let current: LaterVersion? = {
        #if DEBUG
            return unsafe getenv("ROOST_LATER_VERSION")
                .flatMap { unsafe LaterVersion(rawValue: String(cString: $0)) }
        #else
            return nil
        #endif
    }()
}
