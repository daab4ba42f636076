// UNSAFE: called by libFuzzer, which must pass `count` bytes at `start`. The target is named by the
// environment, since libFuzzer restarts itself with its own arguments.
import Glibc

private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        print("FUZZ_TARGET must be one of \(names), not '\(name)'.")
        exit(2)
    }
    return target
}()

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    run(Span(_unsafeElements: UnsafeBufferPointer(start: start, count: count)))
    return 0
}

private func run(_ input: Span<UInt8>) {
    do {
        try target.run(input)
    } catch {
        fatalError("\(target.rawValue): \(error)")
    }
}
