// Finds where the lines of one chunk end: at LF, at CR, or at both together. Each byte is looked at once for either
// kind, however the two are mixed, since the place of the next one is remembered.

import Glibc

struct LineEnds {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    private let chunk: UnsafeRawBufferPointer
    private var nextLineFeed = -1
    private var nextCarriageReturn = -1

    init(in chunk: UnsafeRawBufferPointer) { self.chunk = chunk }

    /// The first end of a line from `start` on. `start` only ever grows.
    mutating func next(from start: Int) -> Int? {
        if nextLineFeed < start { nextLineFeed = Self.position(of: Self.lineFeed, in: chunk, from: start) }
        if nextCarriageReturn < start {
            nextCarriageReturn = Self.position(of: Self.carriageReturn, in: chunk, from: start)
        }
        let end = min(nextLineFeed, nextCarriageReturn)
        return end < chunk.count ? end : nil
    }

    /// The length of the text when there is none.
    static func position(of byte: UInt8, in text: UnsafeRawBufferPointer, from start: Int = 0) -> Int {
        guard let base = text.baseAddress, start < text.count else { return text.count }
        guard let found = memchr(base + start, Int32(byte), text.count - start) else { return text.count }
        return UnsafeRawPointer(found) - base
    }
}
