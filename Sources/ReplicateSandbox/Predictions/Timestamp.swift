// A moment in time as the API writes and reads it: RFC 3339, kept in microseconds.

struct Timestamp: Comparable, Hashable, Sendable {
    /// Since 1970 began.
    let microseconds: Int64

    init(microseconds: Int64) { self.microseconds = microseconds }

    static func < (one: Timestamp, other: Timestamp) -> Bool { one.microseconds < other.microseconds }

    func adding(seconds: Int) -> Timestamp { Timestamp(microseconds: microseconds + Int64(seconds) * 1_000_000) }

    var next: Timestamp { Timestamp(microseconds: microseconds + 1) }

    /// Never negative, even where the clock was set back.
    func seconds(since start: Timestamp) -> Double { Double(max(microseconds - start.microseconds, 0)) / 1_000_000 }

    /// `2026-11-21T03:04:05.000006Z`
    var text: String {
        let (days, rest) = Self.divide(microseconds, 86_400_000_000)
        let date = Self.civil(fromDays: days)
        let seconds = rest / 1_000_000
        var text: [UInt8] = []
        text.reserveCapacity(27)
        func append(_ number: Int64, _ width: Int) {
            var divisor: Int64 = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
                divisor /= 10
            }
        }
        append(date.year, 4)
        text.append(UInt8(ascii: "-"))
        append(date.month, 2)
        text.append(UInt8(ascii: "-"))
        append(date.day, 2)
        text.append(UInt8(ascii: "T"))
        append(seconds / 3600, 2)
        text.append(UInt8(ascii: ":"))
        append(seconds / 60 % 60, 2)
        text.append(UInt8(ascii: ":"))
        append(seconds % 60, 2)
        text.append(UInt8(ascii: "."))
        append(rest % 1_000_000, 6)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// A date alone is its midnight in UTC; a time may have a fraction and an offset.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        func number(_ width: Int) -> Int64? {
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            rest = rest.dropFirst(width)
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        func skip(_ characters: StaticString) -> UInt8? {
            let found = characters.withUTF8Buffer { options in rest.first.flatMap { options.contains($0) ? $0 : nil } }
            if found != nil { rest = rest.dropFirst() }
            return found
        }
        guard let year = number(4), skip("-") != nil, let month = number(2), (1...12).contains(month), skip("-") != nil,
            let day = number(2), (1...31).contains(day),
            Self.civil(fromDays: Self.days(year, month, day)) == (year, month, day)
        else { return nil }
        var seconds = Self.days(year, month, day) * 86_400
        var fraction: Int64 = 0
        if skip("Tt ") != nil {
            guard let hour = number(2), hour < 24, skip(":") != nil, let minute = number(2), minute < 60,
                skip(":") != nil, let second = number(2), second <= 60
            else { return nil }
            seconds += hour * 3600 + minute * 60 + second
            if skip(".") != nil {
                var scale: Int64 = 100_000
                guard let first = rest.first, first >= 0x30, first <= 0x39 else { return nil }
                while let digit = number(1) {
                    fraction += digit * scale
                    scale /= 10
                }
            }
            if skip("Zz") == nil, let sign = skip("+-") {
                guard let hours = number(2), hours < 24, skip(":") != nil, let minutes = number(2), minutes < 60
                else { return nil }
                let offset = hours * 3600 + minutes * 60
                seconds -= sign == UInt8(ascii: "-") ? -offset : offset
            }
        }
        guard rest.isEmpty else { return nil }
        microseconds = seconds * 1_000_000 + fraction
    }

    private static func divide(_ number: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = ((number % divisor) + divisor) % divisor
        return ((number - remainder) / divisor, remainder)
    }

    // Both after Howard Hinnant's "chrono-compatible low-level date algorithms".
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = divide(year, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}
