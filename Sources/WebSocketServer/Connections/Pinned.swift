// A marker that keeps large parts of the state where they are.

// Of a raw layout the compiler does not make the initializer itself.
// swift-format-ignore: UseSynthesizedInitializer
/// Of no size. What contains it is address-only: it is always passed by its address, and never copied
/// to be borrowed. (A loadable struct that a function borrows, its own `self` included, is copied to
/// the stack: two kilobytes in each turn.)
@_rawLayout(size: 0, alignment: 1)
struct Pinned: ~Copyable {
    init() {}
}
