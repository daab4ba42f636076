// How much memory all byte buffers of the process have.
import Synchronization

/// The memory of all byte buffers of this process, whoever owns them.
///
/// Everything that peers make a server hold lies in byte buffers, so this one number, changed when
/// a block is allocated or freed, is enough to keep a budget without a look at any connection.
public enum BufferMemory {
    private static let allocated = Atomic<Int>(0)

    /// Bytes allocated now, without what the allocator adds.
    public static var byteCount: Int { allocated.load(ordering: .relaxed) }

    static func add(_ byteCount: Int) {
        allocated.wrappingAdd(byteCount, ordering: .relaxed)
    }
}
