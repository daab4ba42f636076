// UNSAFE: passes an array to C, which reads it during the call.
import CLinux
import LibC

extension LinuxKernel {
    public mutating func makeSignalSource(
        _ signals: [Int32]
    ) throws(SystemError) -> FileDescriptor {
        let descriptor = unsafe clinux_watch_signals(signals, signals.count)
        guard descriptor >= 0 else {
            let names = signals.map { "\($0)" }.joined(separator: ", ")
            throw SystemError(errno, "watch for the signals \(names)")
        }
        return FileDescriptor(rawValue: descriptor)
    }

    public mutating func unblockSignals(of source: FileDescriptor) {
        clinux_unblock_signals(source.rawValue)
    }

    public mutating func readSignal(_ source: FileDescriptor) -> Int32? {
        let number = clinux_read_signal(source.rawValue)
        return number > 0 ? number : nil
    }

    public mutating func closeSignalSource(_ source: FileDescriptor) {
        clinux_unwatch_signals(source.rawValue)
    }

    public mutating func ignoresSignal(_ signal: Int32) -> Bool {
        clinux_ignores_signal(signal) != 0
    }
}
