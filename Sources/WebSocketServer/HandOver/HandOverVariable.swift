// How a program learns that it is to check a state, or to take it over: a variable of the
// environment, which names the file's descriptor.
import LinuxReactor

enum HandOverVariable {
    /// What a program is started for.
    enum Purpose: Equatable {
        case check(FileDescriptor)
        case takeOver(FileDescriptor)

        init?(_ value: String) {
            let parts = value.split(separator: ":")
            guard parts.count == 2, let number = Int32(parts[1]), number > 2 else { return nil }
            switch parts[0] {
            case "check": self = .check(FileDescriptor(rawValue: number))
            case "take": self = .takeOver(FileDescriptor(rawValue: number))
            default: return nil
            }
        }

        /// The variable with its value.
        var variable: String {
            switch self {
            case .check(let file): "\(HandOverVariable.name)=check:\(file.rawValue)"
            case .takeOver(let file): "\(HandOverVariable.name)=take:\(file.rawValue)"
            }
        }
    }

    /// `Signals.c` of CLinux looks at it before `main` begins.
    static let name = "ROOST_HAND_OVER"

    /// Takes the variable out of the environment: programs that this one starts, and its other
    /// servers, do not find it. Nil if the program was started in the ordinary way.
    static func take() -> Purpose? { LinuxKernel.takeVariable(name).flatMap(Purpose.init) }
}
