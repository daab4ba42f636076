// UNSAFE: timegm(3), localtime_r(3) and strftime(3) work on locals.
//
// Points in time as the journal shows them: in the time zone of the terminal.
import Glibc

enum LocalTime {
    /// "2026-11-28 19:44:27" for "2026-11-28T18:44:27.123Z"; the text itself if it is no such time.
    static func text(_ rfc3339: String) -> String {
        let numbers = rfc3339.split { !$0.isNumber }.compactMap { Int32($0) }
        guard numbers.count >= 6, rfc3339.hasSuffix("Z") else { return rfc3339 }
        var time = unsafe tm()
        unsafe time.tm_year = numbers[0] - 1900
        unsafe time.tm_mon = numbers[1] - 1
        unsafe time.tm_mday = numbers[2]
        unsafe time.tm_hour = numbers[3]
        unsafe time.tm_min = numbers[4]
        unsafe time.tm_sec = numbers[5]
        var seconds = unsafe timegm(&time)
        var local = unsafe tm()
        unsafe localtime_r(&seconds, &local)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = unsafe strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &local)
        return String(
            decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
