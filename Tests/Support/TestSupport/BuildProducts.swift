// The paths of the programs that this package builds, and of the package itself.
import Foundation

public enum BuildProducts {
    /// The program with this name, built with the tests and so in the same folder.
    public static func path(_ name: String) -> String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// The program with this name for tests that measure time, where a debug build says nothing:
    /// the release build of ROOST_RELEASE_FOLDER, which `make test` sets, or else nil.
    public static func optimizedPath(_ name: String) -> String? {
        guard let folder = ProcessInfo.processInfo.environment["ROOST_RELEASE_FOLDER"] else {
            return nil
        }
        return "\(folder)/\(name)"
    }

    /// The folder that Package.swift is in.
    public static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
