// Files above 300 lines, and why each is one. The number is the next full ten: it only goes down.

struct SizeException {
    let path: String
    let lineCount: Int
    let reason: String
}

enum SizeTable {
    static let exceptions: [SizeException] = [
        SizeException(
            path: "Sources/LinuxReactor/LinuxKernel.swift", lineCount: 310,
            reason: "The unsafe calls stand in one file, so that one review sees them all."),
        SizeException(
            path: "Package.swift", lineCount: 320,
            reason: "A package has one manifest, and each module's tests are a target of it."),
    ]
}
