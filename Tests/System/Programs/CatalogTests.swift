// journalctl accepts the catalog.
import Foundation
import TestSupport
import Testing

@testable import roost

@Suite struct CatalogTests {
    @Test func `journalctl accepts the catalog`() throws {
        let root = "/tmp/roost-\(UInt64.random(in: .min ... .max)).root"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folder = "\(root)/usr/lib/systemd/catalog"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: "\(root)/var/lib/systemd/catalog", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: BuildProducts.packageRoot.appendingPathComponent("deploy/roost.catalog").path,
            toPath: "\(folder)/roost.catalog")
        guard access("/usr/bin/journalctl", X_OK) == 0 else { return }
        let update = try Run(["journalctl", "--root=\(root)", "--update-catalog"]).end()
        #expect(update.status == 0, "\(update.errors)")
        let list = try Run(["journalctl", "--root=\(root)", "--dump-catalog"]).end().output
        for event in ServerEvent.allCases { #expect(list.contains("-- \(event.messageID)")) }
    }
}
