// UNSAFE: readlink(2) fills a local buffer of the size that it is given; getenv(3) returns a string
// that is copied at once.
// What a process does around the call by which another program takes its place: execve(2).
import CLinux
import LibC

extension LinuxKernel {
    /// The file of this program, as it was when this was first asked; nil if it is not known. A
    /// package that is upgraded later puts another file there, and its path is the same.
    package static let executablePath: String? = {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0, count < bytes.count else { return nil }
        let name = bytes.prefix(count).map { UInt8(bitPattern: $0) }
        let (path, mark) = (String(decoding: name, as: UTF8.self), " (deleted)")
        return path.hasSuffix(mark) ? String(path.dropLast(mark.count)) : path
    }()

    /// Whether execve(2) leaves the descriptor open. Throws if it is not open.
    package static func keepOverExec(
        _ descriptor: FileDescriptor, _ isKept: Bool
    ) throws(SystemError) {
        guard clinux_set_close_on_exec(descriptor.rawValue, isKept ? 0 : 1) == 0 else {
            throw SystemError(errno, "pass on descriptor \(descriptor.rawValue)")
        }
    }

    /// Lets execve(2) close these descriptors, with a call for each row of adjacent numbers. That
    /// they are open is not checked.
    package static func closeOnExec(_ descriptors: [FileDescriptor]) throws(SystemError) {
        let numbers = descriptors.map(\.rawValue).sorted()
        var start = numbers.startIndex
        for index in numbers.indices
        where index + 1 == numbers.endIndex || numbers[index + 1] > numbers[index] + 1 {
            guard clinux_close_range_on_exec(numbers[start], numbers[index]) == 0 else {
                throw SystemError(errno, "pass on descriptor \(numbers[start])")
            }
            start = index + 1
        }
    }

    /// Holds back the signals that the servers of this process watch, until another program has
    /// taken its place, which begins with those blocked and with `mask`; what has come and was not
    /// read is pending there.
    package static func holdSignals(_ mask: UInt64) { clinux_hold_signals(mask) }

    /// Ends that: no other program has come.
    package static func releaseSignals() { clinux_release_signals() }

    /// The signals that are blocked in the process's first thread: bit n - 1 stands for signal n. A
    /// thread of its own, in which a server may run, has others.
    package static var processSignalMask: UInt64 {
        let lines = readFile("/proc/self/status")?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix("SigBlk:\t") }
        return line.flatMap { UInt64($0.dropFirst("SigBlk:\t".count), radix: 16) }
            ?? clinux_signal_mask()
    }

    /// Blocks these signals in the calling thread, and no others. Signals that were held back for
    /// this program are no longer, whether it watches them or not.
    package static func setSignalMask(_ mask: UInt64) {
        clinux_set_signal_mask(mask)
        clinux_end_early_signals()
    }

    /// The value of a variable of the environment; nil if it is not set.
    package static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// Takes a variable out of the environment, and returns its value; nil if it is not set.
    package static func takeVariable(_ name: String) -> String? {
        let text = variable(name)
        unsafe unsetenv(name)
        return text
    }

    /// Ends the process at once, without the program's own end.
    package static func exit(_ status: Int32, saying words: String) -> Never {
        _ = unsafe write(STDERR_FILENO, words, words.utf8.count)
        _exit(status)
    }
}
