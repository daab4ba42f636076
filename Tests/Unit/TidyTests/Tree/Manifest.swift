// What Package.swift says of its targets, read from its text.

struct ManifestTarget: Equatable {
    let name: String
    let isTest: Bool
    /// Targets, products of other packages included.
    let dependencies: [String]
    let path: String
    let excluded: [String]

    /// Whether a file is compiled into it, or could be.
    func holds(_ path: String) -> Bool {
        guard path.hasPrefix(self.path + "/") else { return false }
        let inside = path.dropFirst(self.path.count + 1)
        return !excluded.contains { inside == $0 || inside.hasPrefix($0 + "/") }
    }
}

enum Manifest {
    private static let start = Pattern(#"\.(systemLibrary|target|executableTarget|testTarget)\("#)
    private static let name = Pattern(#"^\s*name:\s*"([^"]+)""#)
    private static let path = Pattern(#"\bpath:\s*"([^"]+)""#)
    private static let list = Pattern(#"\b(dependencies|exclude):\s*\["#)
    private static let item = Pattern(#"\bname:\s*"([^"]+)"|"([^"]+)""#)

    /// A dependency that has a name of its own in front of the package.
    private static let constant = Pattern(
        #"let (\w+): Target\.Dependency = \.product\(\s*name: "([^"]+)""#)

    static func targets(_ text: String) -> [ManifestTarget] {
        var found: [ManifestTarget] = []
        let products = constant.matches(in: text).map { ($0.groups[1], $0.groups[2]) }
        var rest = Substring(text)
        let kinds = start.matches(in: text).map { $0.groups[1] }
        for kind in kinds {
            guard let begin = rest.range(of: "." + kind + "(") else { break }
            rest = rest[begin.upperBound...]
            found.append(target(String(inside(rest, "(", ")")), kind == "testTarget", products))
        }
        return found
    }

    private static func target(
        _ text: String, _ isTest: Bool, _ products: [(String, String)]
    ) -> ManifestTarget {
        let title = name.matches(in: text).first?.groups[1] ?? ""
        let folder = path.matches(in: text).first?.groups[1]
        return ManifestTarget(
            name: title, isTest: isTest, dependencies: items("dependencies", text, products),
            path: folder ?? (isTest ? "Tests/" : "Sources/") + title,
            excluded: items("exclude", text))
    }

    private static func items(
        _ key: String, _ text: String, _ products: [(String, String)] = []
    ) -> [String] {
        guard let begin = text.range(of: key + ": [") else { return [] }
        let listed = String(inside(text[begin.upperBound...], "[", "]"))
        // A product is named first, and its package behind it.
        return item.matches(in: listed).map { $0.groups[1].isEmpty ? $0.groups[2] : $0.groups[1] }
            .filter { !packages.contains($0) } + named(listed, products)
    }

    private static func named(_ listed: String, _ products: [(String, String)]) -> [String] {
        products.filter { !Pattern("(?m)[\\[, ]\($0.0)\\b").matches(in: " " + listed).isEmpty }
            .map(\.1)
    }

    private static let packages = ["swift-log", "swift-argument-parser", "hdrhistogram-swift"]

    /// Up to the bracket that closes one that is open already.
    private static func inside(
        _ text: Substring, _ open: Character, _ close: Character
    ) -> Substring {
        var depth = 1
        for index in text.indices {
            if text[index] == open { depth += 1 }
            if text[index] == close { depth -= 1 }
            if depth == 0 { return text[..<index] }
        }
        return text
    }
}
