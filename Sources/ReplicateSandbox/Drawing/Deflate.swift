// Deflate (RFC 1951) with its fixed codes, and runs of one byte as its only repetitions: enough for plain drawings.

struct Deflate: Sendable {
    private var bytes: [UInt8] = []
    private var bits: UInt64 = 0
    private var bitCount: UInt64 = 0

    private static let shortestRun = 3
    private static let longestRun = 258

    /// The length codes 257 to 285: the shortest length of each, and how many more bits say which one it is.
    private static let lengths: [(base: Int, extra: UInt64)] =
        (3...10).map { ($0, 0) }
        + (0..<20).map { step in
            let extra = step / 4 + 1
            return (3 + (1 << (extra + 2)) + (step % 4) << extra, UInt64(extra))
        }
        + [(258, 0)]

    static func compress(_ data: [UInt8]) -> [UInt8] {
        var stream = Deflate()
        stream.put(0b011, 3)  // the last block, with fixed codes
        data.withUnsafeBufferPointer { stream.putAll($0) }
        stream.putSymbol(256)
        stream.put(0, (8 - stream.bitCount % 8) % 8)
        return stream.bytes
    }

    private mutating func putAll(_ data: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < data.count {
            let byte = data[position]
            var end = position + 1
            while end < data.count, data[end] == byte { end += 1 }
            putSymbol(Int(byte))
            putRun(end - position - 1, of: byte)
            position = end
        }
    }

    /// So many more of the byte that came last.
    private mutating func putRun(_ count: Int, of byte: UInt8) {
        var count = count
        while count >= Self.shortestRun {
            let length = min(count, Self.longestRun)
            let index = (Self.lengths.lastIndex { $0.base <= length }) ?? 0
            putSymbol(257 + index)
            put(UInt64(length - Self.lengths[index].base), Self.lengths[index].extra)
            put(0, 5)  // at a distance of 1
            count -= length
        }
        for _ in 0..<count { putSymbol(Int(byte)) }
    }

    private mutating func putSymbol(_ symbol: Int) {
        let code = UInt64(symbol)
        switch symbol {
        case 0...143: putCode(0x30 + code, 8)
        case 144...255: putCode(0x190 + code - 144, 9)
        case 256...279: putCode(code - 256, 7)
        default: putCode(0xC0 + code - 280, 8)
        }
    }

    /// Codes go out from their first bit to their last, everything else the other way round.
    private mutating func putCode(_ code: UInt64, _ count: UInt64) {
        var reversed: UInt64 = 0
        for bit in 0..<count where code >> bit & 1 == 1 { reversed |= 1 << (count - 1 - bit) }
        put(reversed, count)
    }

    private mutating func put(_ value: UInt64, _ count: UInt64) {
        bits |= value << bitCount
        bitCount += count
        while bitCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }
}
