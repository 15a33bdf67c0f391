// A data: URI (RFC 2397): a file inside of a text. It is checked whole before anything is made of it, in one pass and without
// memory of its own; its bytes then come in pieces, so that a hundred megabytes are never there twice.

struct DataURI {
    /// With its parameters, such as "text/plain;charset=UTF-8".
    let type: String
    /// Of the bytes inside.
    let size: Int64

    private let payload: Range<Int>
    private let isBase64: Bool

    /// A media type and its parameters are short; without a limit any text that begins with "data:" would be searched whole.
    static let longestHead = 1 << 10

    static func looksLikeOne(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count > 5 && zip(text, "data:".utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }

    /// Nil for what is none, or what cannot be decoded.
    init?(_ text: UnsafeRawBufferPointer) {
        guard Self.looksLikeOne(text),
            let comma = text[5..<min(text.count, Self.longestHead)].firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        var head = String(decoding: text[5..<comma], as: UTF8.self)
        let mark = head.utf8.count >= 7 ? head.suffix(7) : ""
        isBase64 = mark.lowercased() == ";base64"
        if isBase64 { head.removeLast(7) }
        guard let type = Self.type(head) else { return nil }
        payload = (comma + 1)..<text.count
        let content = UnsafeRawBufferPointer(rebasing: text[payload])
        guard let count = isBase64 ? Base64.decodedCount(content) : Self.decodedCount(content) else { return nil }
        (self.type, size) = (type, Int64(count))
    }

    /// Of "image/png;a=b", ";charset=utf-8" or nothing.
    private static func type(_ head: String) -> String? {
        let parts = head.split(separator: ";", omittingEmptySubsequences: false)
        guard let name = parts.first else { return nil }
        let halves = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name.isEmpty || (halves.count == 2 && halves.allSatisfy(isToken)) else { return nil }
        for parameter in parts.dropFirst() {
            let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // Of a parameter without a value there is one that is often met: ";utf8".
            guard sides.allSatisfy(isToken) else { return nil }
        }
        if head.isEmpty { return "text/plain;charset=US-ASCII" }
        return name.isEmpty ? "text/plain" + head : head
    }

    private static let marks = Set("!#$%&'*+-.^_`{|}~".utf8)

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { isDigit($0) || (0x61...0x7A).contains($0 | 0x20) || marks.contains($0) }
    }

    /// Of text with %XX in it; nil where a byte stands that no URI has.
    private static func decodedCount(_ text: UnsafeRawBufferPointer) -> Int? {
        var count = 0
        var position = 0
        while position < text.count {
            let byte = text[position]
            guard URIByte.isOne(byte) else { return nil }
            if byte == UInt8(ascii: "%") {
                guard position + 2 < text.count, hexadecimalValue(text[position + 1]) != nil,
                    hexadecimalValue(text[position + 2]) != nil
                else { return nil }
                position += 2
            }
            position += 1
            count += 1
        }
        return count
    }

    /// The bytes of `text`, of which this was made, some after the other; `position` is 0 at first and what it was left at.
    /// Nil at the end.
    func piece(of text: UnsafeRawBufferPointer, _ position: inout Int, atMost limit: Int = 1 << 20) -> [UInt8]? {
        guard payload.upperBound == text.count, position < payload.count else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: text[(payload.lowerBound + position)...])
        if isBase64 {
            // Whole groups of four.
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(max(limit / 3, 1) * 4))
            position += part.count
            return Base64.decoded(part)
        }
        let (bytes, count) = URIByte.decoded(rest, atMost: limit)
        position += count
        return bytes
    }
}

/// What may stand in a URI (RFC 3986); anything else there is percent-encoded.
enum URIByte {
    private static let others = Set("-._~:/?#[]@!$&'()*+,;=%".utf8)

    private static let table: [Bool] = (0...255).map { byte in
        let byte = UInt8(byte)
        return isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || others.contains(byte)
    }

    static func isOne(_ byte: UInt8) -> Bool { table[Int(byte)] }

    /// The bytes that a text stands for, up to so many, and how much of it was read. A % without two digits is one.
    static func decoded(_ text: UnsafeRawBufferPointer, atMost limit: Int = .max) -> (bytes: [UInt8], read: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, text.count))
        var index = 0
        while index < text.count, bytes.count < limit {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count, let high = hexadecimalValue(text[index + 1]),
                let low = hexadecimalValue(text[index + 2])
            {
                bytes.append(UInt8(high << 4 | low))
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return (bytes, index)
    }
}
