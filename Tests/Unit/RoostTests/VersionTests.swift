// The version is defined in one place, and all copies agree with it.
import CommandLineOptions
import Foundation
import TestSupport
import Testing

@Suite struct VersionTests {
    @Test func `The newest entry of the changelog is this version`() throws {
        let file = BuildProducts.packageRoot.appendingPathComponent("CHANGELOG.md")
        let entry = try String(contentsOf: file, encoding: .utf8)
            .firstMatch(of: /\n## \[(.+?)\] - (Unreleased|\d{4}-\d\d-\d\d)\n/)
        #expect(entry?.1 == Version.current[...])
    }

    @Test func `The Debian package has this version, or a pre-release of it`() throws {
        let script = BuildProducts.packageRoot.appendingPathComponent("deploy/deb/build").path
        let run = try Run([script, "--version"], environment: ["ROOST_VERSION": ""])
        let (status, output, errors) = run.end()
        #expect(status == 0 && errors.isEmpty, "\(errors)")
        let version = output.trimmingCharacters(in: .newlines)
        #expect(
            version == Version.current
                || version.wholeMatch(of: /(.+)~[0-9]+/)?.1 == Version.current[...])
    }
}
