// Walks one JSON text (RFC 8259) without building anything from it: it checks the grammar and the UTF-8, and says where
// each value ends. It never recurses, so that depth is a number to compare and not the thread's stack.

/// Why a text is not JSON, and at which byte.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public let message: String
    public let offset: Int

    public var description: String { "\(message) at byte \(offset + 1)" }
}

struct JSONScanner {
    /// Deeper texts are refused: nobody's prediction is, and each reader after this one would have to fear its stack.
    static let maximumDepth = 512

    private let text: [UInt8]
    private let depth: Int
    private(set) var position: Int

    init(_ text: [UInt8], at position: Int = 0, depth: Int = maximumDepth) {
        self.text = text
        self.depth = min(depth, Self.maximumDepth)
        self.position = position
    }

    var byte: UInt8? { position < text.count ? text[position] : nil }

    mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    mutating func skip(_ expected: UInt8) -> Bool {
        guard position < text.count, text[position] == expected else { return false }
        position += 1
        return true
    }

    func failure(_ message: String) -> JSONError { JSONError(message: message, offset: position) }

    /// Moves from the first byte of a value to just behind it.
    mutating func skipValue() throws(JSONError) {
        var open: [Bool] = []  // true: an object, false: an array
        while true {
            skipSpace()
            var closed = true
            switch byte {
            case UInt8(ascii: "{"):
                try checkDepth(open.count + 1)
                position += 1
                skipSpace()
                closed = skip(UInt8(ascii: "}"))
                if !closed {
                    open.append(true)
                    try skipKey()
                }
            case UInt8(ascii: "["):
                try checkDepth(open.count + 1)
                position += 1
                skipSpace()
                closed = skip(UInt8(ascii: "]"))
                if !closed { open.append(false) }
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "-"): try skipNumber()
            case let digit? where isDigit(digit): try skipNumber()
            case UInt8(ascii: "t"): try skipWord("true")
            case UInt8(ascii: "f"): try skipWord("false")
            case UInt8(ascii: "n"): try skipWord("null")
            default: throw failure("expected a value")
            }
            if closed, try !closeContainers(&open) { return }
        }
    }

    private func checkDepth(_ level: Int) throws(JSONError) {
        if level > depth { throw failure("nested deeper than \(depth) levels") }
    }

    /// After a value: closes what ends here. True when another value must follow, false when the outermost one is done.
    private mutating func closeContainers(_ open: inout [Bool]) throws(JSONError) -> Bool {
        while let isObject = open.last {
            skipSpace()
            if skip(UInt8(ascii: ",")) {
                if isObject {
                    skipSpace()
                    try skipKey()
                }
                return true
            }
            guard skip(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw failure(isObject ? "expected ',' or '}'" : "expected ',' or ']'")
            }
            open.removeLast()
        }
        return false
    }

    /// A member's name and its colon.
    mutating func skipKey() throws(JSONError) {
        guard byte == UInt8(ascii: "\"") else { throw failure("expected a member name in quotes") }
        try skipString()
        skipSpace()
        guard skip(UInt8(ascii: ":")) else { throw failure("expected ':'") }
    }

    mutating func skipString() throws(JSONError) {
        position += 1
        while true {
            position = PlainText.end(in: text, from: position)
            guard position < text.count else { break }
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try skipEscape()
            case 0..<0x20: throw failure("a control character stands in a string")
            case 0x20..<0x80: position += 1
            default:
                let length = UTF8Check.sequenceLength(in: text, at: position)
                guard length > 0 else { throw failure("a string is not UTF-8") }
                position += length
            }
        }
        throw failure("a string is not closed")
    }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard let byte, hexadecimalValue(byte) != nil else { throw failure("expected four hexadecimal digits") }
                position += 1
            }
        default: throw failure("an escape is not one of JSON's")
        }
    }

    private mutating func skipNumber() throws(JSONError) {
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try skipDigits() }
        if skip(UInt8(ascii: ".")) { try skipDigits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte, isDigit(byte) { position += 1 }
        if position == start { throw failure("expected a digit") }
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        let matches = word.withUTF8Buffer { word in
            guard text.count - position >= word.count else { return false }
            for index in 0..<word.count where text[position + index] != word[index] { return false }
            position += word.count
            return true
        }
        if !matches { throw failure("expected a value") }
    }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

func hexadecimalValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
