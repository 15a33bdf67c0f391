// What a file holds: bytes in memory, or a rule by which they are made while they are sent.

import Crypto

enum FileContent: Sendable {
    case bytes(ArraySlice<UInt8>)
    /// So many bytes of lines of 16 bytes each: the offset of the line in 15 hexadecimal digits, and a line feed. What
    /// is lost, doubled or in the wrong place is seen in any part of it.
    case lines(Int)

    private static let line = 16
    private static let piece = 1 << 20

    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .lines(let count): count
        }
    }

    /// Roughly what it takes in memory.
    var weight: Int {
        if case .bytes(let bytes) = self { bytes.count } else { 0 }
    }

    var all: ArraySlice<UInt8> { part(0..<count) }

    /// - Parameter range: offsets from 0; what lies outside is left out.
    func part(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let range = range.clamped(to: 0..<count)
        switch self {
        case .bytes(let bytes): return bytes.dropFirst(range.lowerBound).prefix(range.count)
        case .lines: return Self.lines(range)
        }
    }

    private static func lines(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let first = range.lowerBound / line
        let last = (range.upperBound + line - 1) / line
        let count = max(last - first, 0) * line
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, used in
            for number in first..<max(last, first) {
                var offset = UInt64(number) * UInt64(line)
                let start = (number - first) * line
                for place in (0..<line - 1).reversed() {
                    let digit = UInt8(truncatingIfNeeded: offset & 15)
                    room[start + place] = digit < 10 ? 0x30 + digit : 0x57 + digit
                    offset >>= 4
                }
                room[start + line - 1] = UInt8(ascii: "\n")
            }
            used = count
        }
        return bytes.dropFirst(range.lowerBound - first * line).prefix(range.count)
    }

    struct Digests: Equatable, Sendable {
        var sha256: String
        var md5: String
    }

    /// A long one is gone through in pieces, and others have their turn between them.
    func digests() async -> Digests {
        var (sha256, md5) = (SHA256(), Insecure.MD5())
        for start in stride(from: 0, to: count, by: Self.piece) {
            part(start..<min(start + Self.piece, count)).withUnsafeBytes {
                sha256.update(bufferPointer: $0)
                md5.update(bufferPointer: $0)
            }
            await Task.yield()
        }
        return Digests(sha256: hexadecimal(sha256.finalize()), md5: hexadecimal(md5.finalize()))
    }
}
