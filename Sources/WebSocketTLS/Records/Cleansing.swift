// UNSAFE: overwrites plain values in place. Invariant: the value is plain data, for which zeros are
// a value, too; the pointer is used only while the value is lent to the call.

import CSSL

/// Overwrites a secret with zeros. The compiler may leave out an assignment whose value nobody
/// reads; it cannot leave out this call.
func cleanse<Value: BitwiseCopyable>(_ secret: inout Value) {
    unsafe withUnsafeMutableBytes(of: &secret) { bytes in
        unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    }
}
