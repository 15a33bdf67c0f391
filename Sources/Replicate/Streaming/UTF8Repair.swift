// Text from a stream is UTF-8 or is made so: each broken sequence becomes one U+FFFD, as in the decoder that the
// standard of event streams asks for. Lines and fields end at ASCII bytes, which no sequence reaches across; so a field
// repaired by itself reads like the same field of a repaired stream.

enum UTF8Repair {
    static func append(_ text: UnsafeRawBufferPointer, to buffer: inout [UInt8]) {
        if isWellFormed(text) {
            buffer.append(contentsOf: text)
        } else {
            buffer.append(contentsOf: String(decoding: text, as: UTF8.self).utf8)
        }
    }

    static func isWellFormed(_ text: UnsafeRawBufferPointer) -> Bool {
        if isASCII(text) { return true }
        do {
            _ = try UTF8Span(validating: Span(_bytes: text.bytes))
            return true
        } catch {
            return false
        }
    }

    /// Eight bytes at a time: most text is short and plain.
    private static func isASCII(_ text: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position + 8 <= text.count {
            if text.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            position += 8
        }
        while position < text.count {
            if text[position] >= 0x80 { return false }
            position += 1
        }
        return true
    }
}
