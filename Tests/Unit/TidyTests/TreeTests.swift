// The tree as it is, held against each check and its table.
import Testing

@Suite struct TreeTests {
    private let targets = Manifest.targets(
        Tree.files.first { $0.path == "Package.swift" }?.text ?? "")

    @Test func `The repository is found, and its targets are`() {
        #expect(Tree.files.count > 300)
        #expect(targets.count > 15)
        #expect(targets.contains { $0.name == "WebSocketServer" && $0.dependencies.count >= 3 })
        #expect(Set(targets.map(\.name)).count == targets.count)
    }

    @Test func `Rooms name only types of the rooms below them`() {
        RoomCheck.run(Tree.files, RoomTable.rules).report()
    }

    @Test func `Targets import what Package.swift gives them`() {
        ImportCheck.run(Tree.files, targets, ImportTable.rules).report()
    }

    @Test func `Lines fit into 100 columns`() {
        WidthCheck.run(Tree.files, allowed: WidthTable.allowed).report()
    }

    @Test func `Plain words`() { WordCheck.run(Tree.files, WordTable.habits).report() }

    @Test func `No name of before`() { WordCheck.run(Tree.files, WordTable.names).report() }

    @Test func `Every file is built, run, linked or shown`() {
        DeadFileCheck.run(Tree.files, paths: Tree.paths, targets, DeadFileTable.rules).report()
    }

    @Test func `The tutorial shows what is built, in 40 lines each`() {
        let links = TutorialCheck.links(Tree.files, root: Tree.root)
        #expect(links.count >= 8)
        TutorialCheck.run(Tree.files, targets, links: links).report()
    }

    @Test func `No file is above 300 lines`() {
        SizeCheck.run(Tree.files, exceptions: SizeTable.exceptions).report()
    }

    @Test func `Every Swift file says what it is for`() { OpeningCheck.run(Tree.files).report() }

    @Test(.enabled(if: TypeGraph.hasPython, "there is no python3"))
    func `No cycle of types has more than three files`() throws {
        let (status, output) = try TypeGraph.run()
        #expect(status == 0, "scripts/type-graph:\n\(output)")
    }

    @Test(.enabled(if: TypeGraph.hasPython, "there is no python3"))
    func `Rooms call downward`() throws {
        ratchet(
            "Calls that do not go downward", try TypeGraph.uphillCalls(),
            allowed: RoomTable.uphillCallCount, table: "RoomTable.swift"
        ).report()
    }
}
