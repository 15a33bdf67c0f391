// Most of a JSON text is plain ASCII inside strings; this passes over it eight bytes at a time.

enum PlainText {
    /// The first byte from `start` on that is not plain: a quote, a backslash, a control character, or not ASCII.
    static func end(in text: [UInt8], from start: Int) -> Int {
        text.withUnsafeBytes { bytes in
            var position = start
            while position + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if hasSpecial(word) { break }
                position += 8
            }
            while position < bytes.count, isPlain(bytes[position]) { position += 1 }
            return position
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// Whether some byte of the eight is not plain. A borrow can make it say yes once too often, never once too seldom.
    private static func hasSpecial(_ word: UInt64) -> Bool {
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let slashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = word &- (ones &* 0x20)
        return (word | controls | (quotes &- ones) | (slashes &- ones)) & tops != 0
    }
}
