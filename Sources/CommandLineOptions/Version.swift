// The version of this package: the only place that states it.

/// The version of the programs and of the Debian package.
///
/// It is the newest entry of CHANGELOG.md, released or in progress; a test compares the two.
public enum Version {
    // deploy/deb/build reads this line.
    public static let current = "0.1.0"
}
