// The date format of HTTP, without a calendar library.
import Storage

/// Dates as HTTP writes them.
public enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7) for a number of seconds since the
    /// beginning of 1970, UTC. Times outside the years 1970 to 9999 are clamped.
    public static func format(secondsSince1970: Int) -> String {
        let seconds = min(max(0, secondsSince1970), 253_402_300_799)
        let (year, month, day) = date(dayNumber: seconds / 86_400)
        let inDay = seconds % 86_400
        let weekday = (seconds / 86_400 + 4) % 7
        var text = ByteBuffer(minimumCapacity: 29)
        text.append(weekdays[weekday])
        text.append(", ")
        text.appendTwoDigits(day)
        text.append(months[month - 1])
        text.appendTwoDigits(year / 100)
        text.appendTwoDigits(year % 100)
        text.append(" ")
        text.appendTwoDigits(inDay / 3600)
        text.append(":")
        text.appendTwoDigits(inDay / 60 % 60)
        text.append(":")
        text.appendTwoDigits(inDay % 60)
        text.append(" GMT")
        return text.span.text
    }

    private static var weekdays: InlineArray<7, StaticString> {
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    }

    private static var months: InlineArray<12, StaticString> {
        [
            " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
            " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
        ]
    }

    /// The date of a day counted from 1970-01-01. The calculation lets years begin in March, so
    /// that a leap day is the last day of a year and the lengths of months have a regular pattern.
    static func date(dayNumber: Int) -> (year: Int, month: Int, day: Int) {
        let sinceMarch0000 = dayNumber + 719_468
        let era = sinceMarch0000 / 146_097
        let dayOfEra = sinceMarch0000 % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension ByteBuffer {
    fileprivate mutating func appendTwoDigits(_ value: Int) {
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10))
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }
}
