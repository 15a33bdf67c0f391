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
        var rest = line
        while let sign = rest.firstIndex(of: UInt8(ascii: "%")) {
            if let bar = Self(line, percentSign: sign) {
                self = bar
                return
            }
            rest = rest[(sign + 1)...]
        }
        return nil
    }

    /// A label, digits, "%|", the bar, "|", "current/total".
    private init?(_ line: Line, percentSign sign: Int) {
        var first = sign
        while first > line.startIndex, isDigit(line[first - 1]) { first -= 1 }
        let label = line[..<first]
        guard label.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) || label.contains(UInt8(ascii: ":")) else { return nil }
        let bar = line[(sign + 1)...].drop { $0 == 0x20 }
        guard let percent = Self.number(line[first..<sign]), percent <= 100, bar.first == UInt8(ascii: "|"),
            let close = bar.dropFirst().firstIndex(of: UInt8(ascii: "|"))
        else { return nil }
        let counts = bar[(close + 1)...].drop { $0 == 0x20 }
        let current = counts.prefix(while: isDigit)
        let rest = counts[current.endIndex...]
        guard rest.first == UInt8(ascii: "/") else { return nil }
        let total = rest.dropFirst().prefix(while: isDigit)
        // "3/1.2k" has its true total elsewhere.
        let after = rest[total.endIndex...].first
        guard after == nil || after == 0x20 || after == UInt8(ascii: "["),
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
