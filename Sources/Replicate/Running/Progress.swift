// How far a prediction says it is: the last bar that tqdm, which most models use, has drawn in its logs.
//
//      30%|###       | 3/10 [00:00<00:00, 10.0it/s]        also behind a label ("Sampling:  30%|…"), and behind a \r.

public struct Progress: Equatable, Sendable {
    /// From 0 to 1.
    public var fraction: Double
    public var current: Int64
    public var total: Int64

    /// Nil where there is no bar. Reads from the end, and no more than it must.
    public init?(logs: UnsafeRawBufferPointer) {
        var end = logs.endIndex
        while true {
            let start = logs[..<end].lastIndex(where: Self.isLineEnd).map { $0 + 1 } ?? logs.startIndex
            if let bar = Self(line: logs[start..<end]) {
                self = bar
                return
            }
            guard start > logs.startIndex else { return nil }
            end = start - 1
        }
    }

    public init?(logs: String) {
        var logs = logs
        guard let progress = logs.withUTF8({ Self(logs: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = progress
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private typealias Line = Slice<UnsafeRawBufferPointer>

    private init?(line: Line) {
        // What stands before the digits is blank, or a label with a colon in it.
        var isBlank = true
        var hasColon = false
        var digits: Int?
        for index in line.indices {
            let byte = line[index]
            if isDigit(byte) {
                digits = digits ?? index
                continue
            }
            if byte == UInt8(ascii: "%"), let first = digits, isBlank || hasColon,
                let bar = Self(percent: line[first..<index], line[(index + 1)...])
            {
                self = bar
                return
            }
            if digits != nil || (byte != 0x20 && byte != 0x09) { isBlank = false }
            if byte == UInt8(ascii: ":") { hasColon = true }
            digits = nil
        }
        return nil
    }

    /// Digits, and what follows the "%": "|", the bar, "|", "current/total".
    private init?(percent: Line, _ rest: Line) {
        let bar = rest.drop { $0 == 0x20 }
        guard bar.first == UInt8(ascii: "|"), let percent = Self.number(percent), percent <= 100,
            let close = bar.dropFirst().firstIndex(of: UInt8(ascii: "|"))
        else { return nil }
        let counts = bar[(close + 1)...].drop { $0 == 0x20 }
        let current = counts.prefix(while: isDigit)
        let after = counts[current.endIndex...]
        guard after.first == UInt8(ascii: "/") else { return nil }
        let total = after.dropFirst().prefix(while: isDigit)
        // "3/1.2k" has its true total elsewhere.
        let end = after[total.endIndex...].first
        guard end == nil || end == 0x20 || end == UInt8(ascii: "["),
            let current = Self.number(current), let total = Self.number(total)
        else { return nil }
        self.init(fraction: Double(percent) / 100, current: current, total: total)
    }

    private init(fraction: Double, current: Int64, total: Int64) {
        self.fraction = fraction
        self.current = current
        self.total = total
    }

    private static func number(_ digits: Line) -> Int64? {
        digits.isEmpty || digits.count > 18 ? nil : digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
}
