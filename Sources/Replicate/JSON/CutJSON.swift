// What an answer that was cut, or is no JSON, has told before: the id of what was made, so that a create that may have been paid
// for can be looked for.

enum CutJSON {
    /// The text under "id" of the outermost object, if the beginning is good up to its end. Ids have no escapes.
    static func id(in bytes: [UInt8]) -> String? {
        var position = 0
        var depth = 0
        var isKey = false
        var isOfID = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let end = endOfString(bytes, from: position) else { return nil }
                let text = bytes[position..<end]
                position = end + 1
                if depth == 1, isKey {
                    isOfID = text.elementsEqual("id".utf8)
                } else if depth == 1, isOfID {
                    return readable(text)
                }
                isKey = false
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isKey = depth == 1 && byte == UInt8(ascii: "{")
                if depth == 1, !isKey { return nil }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): (isKey, isOfID) = (depth == 1, false)
            default: break
            }
        }
        return nil
    }

    /// Where its quotation mark is.
    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position < bytes.count ? position : nil
    }

    private static func readable(_ text: ArraySlice<UInt8>) -> String? {
        let isPlain = text.allSatisfy { isDigit($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F }
        return isPlain && (1...100).contains(text.count) ? String(decoding: text, as: UTF8.self) : nil
    }
}
