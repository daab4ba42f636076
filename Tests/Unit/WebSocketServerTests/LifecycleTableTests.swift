// The life of a connection as a table: its properties, and its picture in ARCHITECTURE.
import Foundation
import Testing
import WebSocketCore

@testable import WebSocketServer

@Suite struct LifecycleTableTests {
    typealias Phase = ConnectionPhase

    /// All steps; a step that is not listed cannot happen.
    static let steps: [(Phase, Phase.Event, Phase)] = [
        (.free, .accepted, .head),
        (.free, .connectBegun, .connecting),
        (.head, .headRead, .body),
        (.head, .upgraded, .webSocket),
        (.head, .lastResponse, .draining),
        (.head, .upgradeDeferred, .deciding),
        (.deciding, .upgraded, .webSocket),
        (.deciding, .lastResponse, .draining),
        (.deciding, .terminated, .terminated),
        (.body, .requestRead, .responding),
        (.body, .lastResponse, .draining),
        (.responding, .responseEnded, .head),
        (.responding, .lastResponse, .draining),
        (.responding, .streamBegun, .streaming),
        (.streaming, .lastResponse, .draining),
        (.connecting, .connected, .awaitingAnswer),
        (.awaitingAnswer, .upgraded, .webSocket),
        (.draining, .outputShutDown, .lingering),
        (.webSocket, .outputShutDown, .lingering),
        (.head, .terminated, .terminated),
        (.body, .terminated, .terminated),
        (.responding, .terminated, .terminated),
        (.webSocket, .terminated, .terminated),
        (.lingering, .terminated, .terminated),
        (.connecting, .terminated, .terminated),
        (.awaitingAnswer, .terminated, .terminated),
        (.draining, .terminated, .terminated),
        (.streaming, .terminated, .terminated),
        (.terminated, .reaped, .free),
    ]

    @Test func `Every cell of the table`() {
        for phase in Phase.allCases {
            for event in Phase.Event.allCases {
                let expected = Self.steps.first { $0.0 == phase && $0.1 == event }?.2
                #expect(phase.after(event) == expected, "\(phase) \(event)")
            }
        }
    }

    /// From every phase a connection can end, and a slot can reach every phase again.
    @Test func `From every phase there is a way to free, and from free to every phase`() {
        func reachable(from start: Phase) -> Set<Phase> {
            var seen: Set<Phase> = [start]
            var waiting = [start]
            while let phase = waiting.popLast() {
                for event in Phase.Event.allCases {
                    if let next = phase.after(event), seen.insert(next).inserted {
                        waiting.append(next)
                    }
                }
            }
            return seen
        }
        #expect(reachable(from: .free) == Set(Phase.allCases))
        for phase in Phase.allCases { #expect(reachable(from: phase).contains(.free)) }
    }

    /// A hand-over writes these numbers.
    @Test func `Phases that are handed over keep their numbers`() {
        #expect(Phase.head.rawValue == 1)
        #expect(Phase.webSocket.rawValue == 4)
    }

    @Test func `A connection takes the steps of the table`() {
        var connection = Connection()
        connection.advance(.accepted)
        connection.advance(.upgraded)
        #expect(connection.phase == .webSocket)
        #expect(connection.handle(.sendClose) == .sendClose)
        #expect(connection.session == .closeSent)
    }

    // MARK: The picture

    private static var architecture: URL {
        var folder = URL(filePath: #filePath)
        while !FileManager.default.fileExists(
            atPath: folder.appending(path: "Package.swift").path(percentEncoded: false))
        {
            folder.deleteLastPathComponent()
        }
        return folder.appending(path: "Sources/ARCHITECTURE.md")
    }

    /// Both tables as Mermaid diagrams: the phases, and within `webSocket` the session.
    static func diagram() -> String {
        var lines = ["stateDiagram-v2"]
        for phase in Phase.allCases {
            for event in Phase.Event.allCases where event != .terminated {
                guard let next = phase.after(event) else { continue }
                lines.append("    \(name(phase)) --> \(name(next)): \(event)")
            }
        }
        lines.append("    note right of terminated: from every phase but free")
        lines.append("    state webSocket {")
        lines.append("        [*] --> open")
        for state in SessionState.allCases {
            for event in SessionState.Event.allCases where event != .terminated {
                let (next, action) = state.after(event)
                if next == state, action == .none { continue }
                let does = action == .none ? "" : " / \(action)"
                lines.append("        \(state) --> \(next): \(event)\(does)")
            }
        }
        lines.append("    }")
        return lines.joined(separator: "\n")
    }

    private static func name(_ phase: Phase) -> String { phase == .free ? "[*]" : "\(phase)" }

    /// `ROOST_UPDATE_DIAGRAM=1` in the environment writes it anew.
    @Test func `ARCHITECTURE has the picture of these tables`() throws {
        let begin =
            "<!-- lifecycle: generated from ConnectionPhase and SessionState; do not edit -->\n"
        let end = "<!-- end of lifecycle -->"
        let text = try String(contentsOf: Self.architecture, encoding: .utf8)
        let first = try #require(text.range(of: begin), "ARCHITECTURE.md lacks: \(begin)")
        let last = try #require(text.range(of: end), "ARCHITECTURE.md lacks: \(end)")
        let block = "```mermaid\n\(Self.diagram())\n```\n"
        let range = first.upperBound..<last.lowerBound
        if ProcessInfo.processInfo.environment["ROOST_UPDATE_DIAGRAM"] != nil {
            var text = text
            text.replaceSubrange(range, with: block)
            try text.write(to: Self.architecture, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            String(text[range]) == block,
            "Run it with ROOST_UPDATE_DIAGRAM=1 to draw the lifecycle anew.")
    }
}
