// One argument as one segment of a path: it cannot become two, none, or a step upwards.

public enum PathSegment {
    /// Throws for what `encoded` would refuse.
    public static func check(_ text: String, argument: String) throws(ReplicateError) {
        _ = try encoded(text, argument: argument)
    }

    static func encoded(_ text: String, argument: String) throws(ReplicateError) -> String {
        guard !text.isEmpty else { throw ReplicateError(.invalidInput, "\(argument) is empty") }
        try CallerText.check(text, argument, atMost: CallerText.longestSegment)
        guard text != ".", text != ".." else { throw ReplicateError(.invalidInput, "\(argument) cannot be \"\(text)\"") }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"):
                throw ReplicateError(.invalidInput, "\(argument) cannot hold a slash")
            case 0..<0x20, 0x7F: throw ReplicateError(.invalidInput, "\(argument) cannot hold a control character")
            default: continue
            }
        }
        return percentEncoded(text)
    }

    /// Everything but letters, digits and -._~ as %XX.
    static func percentEncoded(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded.append(UInt8(ascii: "%"))
                encoded.append(upperHexadecimal(byte >> 4))
                encoded.append(upperHexadecimal(byte & 15))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func upperHexadecimal(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + (value - 10)
    }
}
