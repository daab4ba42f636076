// UNSAFE: libssl's contexts may be used by several threads.

import CSSL

/// What a server needs for its handshakes.
@safe
package final class TLSServerContexts: @unchecked Sendable {
    let context: TLSContext
    package init(_ context: consuming TLSContext) { self.context = context }
}

extension TLSSession {
    package init(_ contexts: TLSServerContexts) { self.init(contexts.context) }
}
