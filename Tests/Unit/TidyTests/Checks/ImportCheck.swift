// Which target may import which module.

/// A target of the library imports what Package.swift gives it; a program or a test also what that
/// depends on. (The compiler finds whatever happens to be built.) And no target of the library is
/// given one that stands above it.
enum ImportCheck {
    private static let statement = Pattern(
        #"^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+"#
            + #"(?:(?:struct|enum|class|func|protocol|typealias|var|let)\s+)?(\w+)"#)

    static func run(
        _ files: [SourceFile], _ targets: [ManifestTarget], _ rules: ImportRules
    ) -> Outcome {
        let packaged = files.filter { file in
            file.path.hasSuffix(".swift") && !rules.otherPackages.contains { file.isBelow($0) }
        }
        var outcome = Outcome()
        let byName = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0) })
        for target in targets {
            let isLibrary = rules.libraries[target.name] != nil
            let reached = isLibrary ? Set(target.dependencies) : reachable(from: target, byName)
            let system = rules.system(target)
            for file in packaged where target.holds(file.path) {
                for match in statement.matches(in: file.split.code) {
                    let module = match.groups[1]
                    if reached.contains(module) || system.contains(module) { continue }
                    outcome.findings.append(
                        Finding(
                            path: file.path, line: match.line,
                            flaw: "\(target.name) does not depend on \(module)",
                            remedy: "Do without it, or give it to the target in Package.swift"))
                }
            }
            guard let allowed = rules.libraries[target.name] else { continue }
            for dependency in target.dependencies where !allowed.contains(dependency) {
                outcome.findings.append(
                    Finding(
                        path: "Package.swift",
                        flaw: "\(target.name) may not depend on \(dependency)",
                        remedy: "ImportTable.swift says what each of the library's targets may know"
                    ))
            }
        }
        return outcome
    }

    private static func reachable(
        from target: ManifestTarget, _ targets: [String: ManifestTarget]
    ) -> Set<String> {
        var found: Set<String> = []
        var rest = target.dependencies
        while let name = rest.popLast() {
            guard found.insert(name).inserted else { continue }
            rest += targets[name]?.dependencies ?? []
        }
        return found
    }
}

extension ImportRules {
    /// What comes with the system and may be imported by a target without being named.
    fileprivate func system(_ target: ManifestTarget) -> Set<String> {
        guard target.path.hasPrefix("Sources/") else { return systemForTests }
        if let own = systemFor[target.name] { return system.union(own) }
        return target.path.hasPrefix("Sources/Examples/") ? system.union(systemForExamples) : system
    }
}
