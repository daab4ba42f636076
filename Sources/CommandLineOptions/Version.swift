// The version of this package: the only place that states it.
import WebSocketServer

/// The version of the programs and of the Debian package.
///
/// It is the newest entry of CHANGELOG.md, released or in progress; a test compares the two.
public enum Version {
    // deploy/deb/build reads this line.
    public static let current = "0.1.0"

    /// What this program says to the next one, and to those who let it take over.
    public static let running = LaterVersion.current == nil ? current : "\(current)-later"
}
