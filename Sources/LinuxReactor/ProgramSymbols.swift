// UNSAFE: reads the symbols of the file that a type was loaded from. The bytes that C passes are
// valid only during the call, and are copied into strings there.
import CLinux
import Glibc

/// The methods of a type, by the symbols of its program: for messages to the programmer, not for
/// decisions, since a program may have been stripped of them.
package enum ProgramSymbols {
    /// The methods of a type and the witnesses of its conformances, as a debugger shows them. Empty
    /// for types whose symbols cannot be named: private and local ones.
    package static func methods<T: ~Copyable>(of type: T.Type) -> [String] {
        // A type that cannot be copied has metadata like all others.
        let erased = unsafe unsafeBitCast(type, to: Any.Type.self)
        guard var name = _mangledTypeName(erased), !name.contains("$") else { return [] }
        // The arguments of a generic type are not in the names of its methods.
        if name.hasSuffix("G"), let arguments = name.firstRange(of: "Vy") {
            name = String(name[..<name.index(after: arguments.lowerBound)])
        }
        return functions(in: file(of: erased), prefix: "$s" + name)
    }

    /// The file that a type was loaded from: the program, or a library.
    private static func file(of type: Any.Type) -> String {
        var place = unsafe unsafeBitCast(type, to: UnsafeRawPointer.self)
        // The metadata of a generic type is made when it is needed; that of a struct (0x200) or an
        // enum (0x201) has the address of its description, which comes from the file.
        if [0x200, 0x201].contains(unsafe place.load(as: Int.self)) {
            unsafe place = unsafe place.load(fromByteOffset: 8, as: UnsafeRawPointer.self)
        }
        guard let file = unsafe clinux_file_of(place) else { return "/proc/self/exe" }
        let path = unsafe String(cString: file)
        // The program itself has the name it was called by, which need not be a path.
        return path.hasSuffix(".so") || path.hasSuffix(".xctest") ? path : "/proc/self/exe"
    }

    private static func functions(in path: String, prefix: String) -> [String] {
        var found: [String] = []
        unsafe withUnsafeMutablePointer(to: &found) { pointer in
            _ = unsafe clinux_each_function(
                path, prefix,
                { context, symbol in
                    guard let context = unsafe context, let symbol = unsafe symbol,
                        let text = unsafe swift_demangle(symbol, strlen(symbol), nil, nil, 0)
                    else { return }
                    unsafe context.assumingMemoryBound(to: [String].self).pointee.append(
                        String(cString: text))
                    unsafe free(text)
                }, pointer)
        }
        return found
    }
}
