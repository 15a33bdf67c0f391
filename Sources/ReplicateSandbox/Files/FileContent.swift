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
        case .lines: return Self.lines(range)[...]
        }
    }

    private static func lines(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count + 2 * line)
        let first = range.lowerBound / line
        var number = first
        while (number - first) * line < range.lowerBound % line + range.count {
            let offset = UInt64(number) * UInt64(line)
            for digit in 0..<UInt64(line - 1) {
                let value = UInt8(truncatingIfNeeded: offset >> (4 * (14 - digit))) & 15
                bytes.append(value < 10 ? 0x30 + value : 0x57 + value)
            }
            bytes.append(UInt8(ascii: "\n"))
            number += 1
        }
        bytes.removeFirst(range.lowerBound % line)
        bytes.removeLast(bytes.count - range.count)
        return bytes
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
