// What malloc(3) keeps of libssl's memory.

import CSSL

/// The memory of connections that libssl no longer has.
package enum LibraryMemory {
    /// Gives free pages back to the system: glibc keeps them otherwise, among blocks that are in
    /// use. It takes some milliseconds, so it is for seldom occasions.
    package static func trim() { cssl_give_back_memory() }
}
