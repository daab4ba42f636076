// Files that nothing builds, runs, links or shows.
import Foundation

enum DeadFileCheck {
    static func run(
        _ files: [SourceFile], paths: [String], _ targets: [ManifestTarget], _ rules: DeadFileRules
    ) -> Outcome {
        var outcome = Outcome()
        let texts = files.filter { !$0.isBelow("Tests/Unit/TidyTests") }
        for path in paths where !rules.exceptions.keys.contains(path) {
            guard let (flaw, remedy) = flaw(path, texts, targets, rules) else { continue }
            outcome.findings.append(Finding(path: path, flaw: flaw, remedy: remedy))
        }
        for path in rules.exceptions.keys where !paths.contains(path) {
            outcome.hints.append("\(path) is gone. Take it out of DeadFileTable.swift")
        }
        return outcome
    }

    private static func flaw(
        _ path: String, _ files: [SourceFile], _ targets: [ManifestTarget], _ rules: DeadFileRules
    ) -> (String, String)? {
        let name = String(path.split(separator: "/").last ?? "")
        let ending = name.split(separator: ".").dropFirst().last.map(String.init) ?? ""
        let text = files.first { $0.path == path }?.text ?? ""
        switch ending {
        case "swift":
            let isManifest = name == "Package.swift"
            if isManifest || rules.otherPackages.contains(where: { path.hasPrefix($0 + "/") })
                || targets.contains(where: { $0.holds(path) })
            {
                return nil
            }
            return (
                "No target of Package.swift compiles the file", "Move it into one, or remove it"
            )
        case "md":
            return isMentioned(documentName(name, path), except: path, in: files)
                || rules.known.contains(name) ? nil : ("Nothing links to the page", "Link to it")
        case "png", "svg", "webp":
            return isMentioned(name, except: path, in: files)
                ? nil : ("Nothing shows the picture", "Show it, or remove it")
        case "py", "sh", "js":
            return isScriptMentioned(name, path, files)
                ? nil : ("Nothing names the script", "Call it, name it, or remove it")
        default:
            guard text.hasPrefix("#!") else { return nil }
            return isMentioned(name, except: path, in: files) || rules.known.contains(name)
                ? nil : ("Nothing names the script", "Call it, name it, or remove it")
        }
    }

    /// A page of a module's documentation is linked to by `<doc:Name>` or by its title's name; the
    /// one that is called as the module is its front page.
    private static func documentName(_ name: String, _ path: String) -> String {
        path.contains(".docc/") ? String(name.dropLast(".md".count)) : name
    }

    /// A module of Python is imported without its ending.
    private static func isScriptMentioned(
        _ name: String, _ path: String, _ files: [SourceFile]
    ) -> Bool {
        if isMentioned(name, except: path, in: files) { return true }
        guard name.hasSuffix(".py") else { return false }
        let module = NSRegularExpression.escapedPattern(for: String(name.dropLast(3)))
        let statement = Pattern("^\\s*(?:import|from) .*\\b\(module)\\b")
        return files.contains {
            ($0.path.hasSuffix(".py") || $0.text.hasPrefix("#!")) && $0.path != path
                && !statement.matches(in: $0.text).isEmpty
        }
    }

    private static func isMentioned(
        _ name: String, except path: String, in files: [SourceFile]
    ) -> Bool {
        files.contains { $0.path != path && $0.text.contains(name) }
    }
}
