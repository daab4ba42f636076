// What is logged by a name is explained to the operator, and nothing else is.
import Foundation
import Programs
import Testing

@testable import roost

@Suite struct CatalogTests {
    private struct Entry {
        let id: String
        let subject: String
        let text: String
    }

    private func entries() throws -> [Entry] {
        let file = BuildProducts.packageRoot.appendingPathComponent("deploy/roost.catalog")
        return try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n-- ")
            .dropFirst().map { part in
                let lines = part.components(separatedBy: "\n")
                let subject = lines.first { $0.hasPrefix("Subject: ") } ?? ""
                let text = part.components(separatedBy: "\n\n").dropFirst().joined(
                    separator: "\n\n")
                return Entry(
                    id: lines[0], subject: String(subject.dropFirst("Subject: ".count)), text: text)
            }
    }

    @Test func `Every event has its entry, and every entry its event`() throws {
        let ids = try entries().map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids) == Set(ServerEvent.allCases.map(\.messageID)))
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit } })
        #expect(Set(ServerEvent.allCases.map(\.messageID)).count == ServerEvent.allCases.count)
    }

    @Test func `Every entry says what it means and what to do`() throws {
        for entry in try entries() {
            #expect(!entry.subject.isEmpty)
            #expect(entry.text.count > 60, "\(entry.subject)")
            // Files and settings that are named exist.
            #expect(!entry.text.contains("TODO"))
        }
    }

    @Test func `journalctl takes the catalog`() throws {
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
