// Bytes as text (RFC 4648), padded.

enum Base64 {
    static func encoded(_ bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: count) { text in
            var out = 0
            var index = 0
            while index < bytes.count {
                let left = bytes.count - index
                let group =
                    UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                    | (left > 2 ? UInt32(bytes[index + 2]) : 0)
                text[out] = alphabet[Int(group >> 18)]
                text[out + 1] = alphabet[Int(group >> 12 & 63)]
                text[out + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
                text[out + 3] = left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
                out += 4
                index += 3
            }
            return count
        }
    }

    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
