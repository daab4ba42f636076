// UNSAFE: reads the environment, which this process does not change once threads run.
import LibC

package enum Environment {
    /// An environment variable; nil if it is not set.
    package static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
