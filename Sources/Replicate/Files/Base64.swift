// Base64 (RFC 4648, section 4): what is read as a file's bytes may come without its padding; what is a secret or a signature is
// taken by the letter.

public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let none: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: none, count: 256)
        for (value, letter) in alphabet.enumerated() {
            values[Int(letter)] = UInt8(value)
        }
        return values
    }()

    /// The letters without the padding; nil if it is wrong.
    private static func letters(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        guard count == text.count || text.count % 4 == 0 else { return nil }
        // One letter alone has six bits, which are no byte.
        return count % 4 == 1 ? nil : UnsafeRawBufferPointer(rebasing: text[..<count])
    }

    /// How many bytes the text stands for; nil if it is not base64.
    static func decodedCount(_ text: UnsafeRawBufferPointer) -> Int? {
        guard let letters = letters(text) else { return nil }
        let isRight = values.withUnsafeBufferPointer { values in
            var wrong: UInt8 = 0
            // No value but `none` has the highest bit.
            for letter in letters { wrong |= values[Int(letter)] }
            return wrong < 0x80
        }
        return isRight ? letters.count / 4 * 3 + max(letters.count % 4 - 1, 0) : nil
    }

    static func decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let count = decodedCount(text), let letters = letters(text) else { return nil }
        return values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: count) { bytes, made in
                var bits: UInt32 = 0
                var held = 0
                for letter in letters {
                    bits = bits << 6 | UInt32(values[Int(letter)])
                    held += 6
                    if held >= 8 {
                        held -= 8
                        bytes[made] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                        made += 1
                    }
                }
            }
        }
    }

    /// Padded.
    public static func encode(_ bytes: [UInt8]) -> String {
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

    /// Nil for what `encode` would not write. A signature of which a bit could be changed unseen would be a second one that
    /// nobody gave.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let text = Array(text)
        guard let bytes = text.withUnsafeBytes({ decoded($0) }), encode(bytes).utf8.elementsEqual(text) else { return nil }
        return bytes
    }
}
