// UNSAFE: C strings that outlive the call to which they are passed, and are freed after it.
// What a program is started with, as a child or in place of this one.
import CLinux
import LibC

/// A program with its arguments and its environment.
package struct ProgramStart: Sendable {
    package let path: String
    /// The first is the program's own name.
    package let arguments: [String]
    /// Nil for this process's environment.
    package let environment: [String: String]?

    package init(path: String, arguments: [String], environment: [String: String]?) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs it in place of this program, which returns only if that fails: execve(2). `variable`
    /// (NAME=VALUE) comes to its environment.
    package func replaceProcess(variable: String) -> SystemError {
        _ = unsafe withStrings { path, arguments, environment in
            unsafe clinux_execute(path, arguments, environment, variable)
        }
        return error(errno)
    }

    func error(_ number: Int32) -> SystemError {
        let remedy: String? =
            switch number {
            case ENOENT: "There is no such file, or it names an interpreter that there is not."
            case EACCES: "This user may not run it."
            case ENOEXEC: "It is no program for this machine."
            default: nil
            }
        return SystemError(number, "run \(path)", remedy: remedy)
    }

    func withStrings(
        _ body: (
            UnsafePointer<CChar>?, UnsafePointer<UnsafeMutablePointer<CChar>?>?,
            UnsafePointer<UnsafeMutablePointer<CChar>?>?
        ) -> Int32
    ) -> Int32 {
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        var variables: [UnsafeMutablePointer<CChar>?]? = unsafe environment?.map {
            unsafe strdup("\($0)=\($1)")
        }
        unsafe words.append(nil)
        unsafe variables?.append(nil)
        let result: Int32
        if let variables = unsafe variables {
            result = unsafe path.withCString { path in unsafe body(path, words, variables) }
        } else {
            result = unsafe path.withCString { path in unsafe body(path, words, nil) }
        }
        let failure = errno
        let strings = unsafe words + (variables ?? [])
        for index in unsafe strings.indices { unsafe free(strings[index]) }
        errno = failure
        return result
    }
}
