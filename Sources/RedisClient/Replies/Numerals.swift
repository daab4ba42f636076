// Numbers as the protocol writes them, in decimal digits.

extension Span where Element == UInt8 {
    /// The index behind a sign at the beginning, if there is one.
    var afterSign: Int {
        !isEmpty && (self[0] == UInt8(ascii: "-") || self[0] == UInt8(ascii: "+")) ? 1 : 0
    }

    /// Whether there are digits from `start` on, at least one, and nothing else.
    func isNumeral(from start: Int) -> Bool {
        start < count && endOfDigits(from: start) == count
    }

    /// The number that the bytes are, with or without a sign; nil if they are none, or do not fit.
    var integer: Int? {
        let start = afterSign
        guard start < count else { return nil }
        let isNegative = self[0] == UInt8(ascii: "-")
        var value = 0
        for index in start..<count {
            let digit = Int(self[index]) - 0x30
            guard digit >= 0, digit <= 9 else { return nil }
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            // The least number has no positive counterpart, so that digits of a negative number are
            // subtracted.
            let (sum, overflows) =
                isNegative
                ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if isTooLarge || overflows { return nil }
            value = sum
        }
        return value
    }

    /// The length that the bytes are: digits alone.
    var length: Int? { isEmpty || afterSign > 0 ? nil : integer }

    /// Whether the bytes are `-1`.
    var isMinusOne: Bool {
        count == 2 && self[0] == UInt8(ascii: "-") && self[1] == UInt8(ascii: "1")
    }

    /// Whether the bytes are a number with or without fraction and exponent, `inf` or `nan`.
    var isDouble: Bool {
        var index = afterSign
        if count - index == 3, isName("inf", from: index) || isName("nan", from: index) {
            return true
        }
        let whole = endOfDigits(from: index)
        guard whole > index else { return false }
        index = whole
        if index < count, self[index] == UInt8(ascii: ".") {
            let fraction = endOfDigits(from: index + 1)
            guard fraction > index + 1 else { return false }
            index = fraction
        }
        if index < count, self[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            let isSigned =
                index < count
                && (self[index] == UInt8(ascii: "-") || self[index] == UInt8(ascii: "+"))
            return isNumeral(from: isSigned ? index + 1 : index)
        }
        return index == count
    }

    private func endOfDigits(from start: Int) -> Int {
        var index = start
        while index < count, self[index] >= 0x30, self[index] <= 0x39 { index += 1 }
        return index
    }

    /// Whether three bytes are this name.
    private func isName(_ name: StaticString, from start: Int) -> Bool {
        var index = start
        for scalar in name.description.utf8 {
            if self[index] != scalar { return false }
            index += 1
        }
        return true
    }
}
