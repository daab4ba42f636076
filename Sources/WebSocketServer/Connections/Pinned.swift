// A marker that keeps large parts of the state from being copied.

/// It has no size. A type that contains it is address-only: it is always passed by address, and
/// never copied to be borrowed. (A loadable struct that a function borrows, its own `self`
/// included, is copied to the stack: two kilobytes in each turn.)
@_rawLayout(size: 0, alignment: 1)
struct Pinned: ~Copyable {}
