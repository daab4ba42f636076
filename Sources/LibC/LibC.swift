// The C library, whichever this system has: glibc, or musl in a static Linux SDK.
#if canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Glibc
#endif
