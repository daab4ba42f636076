// The version that the running program says it has, to the next program and to those who let it
// take over.
import CommandLineOptions
import Storage

extension Version {
    /// That of the package, unless a test lets a debug build play a later one.
    static let running = LaterVersion.current == nil ? current : "\(current)-later"
}
