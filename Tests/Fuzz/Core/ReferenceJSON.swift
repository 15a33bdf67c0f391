// A second reading of RFC 8259, for comparison: it recurses, builds every value, and has no thought of speed.

indirect enum ReferenceJSON: Equatable {
    case null
    case boolean(Bool)
    /// As it is written.
    case number([UInt8])
    case string(String)
    case array([ReferenceJSON])
    case object([Member])

    struct Member: Equatable {
        let name: String
        let value: ReferenceJSON
    }

    static let deepest = 512

    /// Nil for what is no JSON text, or is nested too deep.
    init?(_ text: [UInt8]) {
        var reader = Reader(rest: text.starts(with: [0xEF, 0xBB, 0xBF]) ? text[3...] : text[...])
        guard let value = reader.value(depth: 0), reader.rest.isEmpty else { return nil }
        self = value
    }

    /// Whether some object has two members with one name.
    var hasDoubles: Bool {
        switch self {
        case .null, .boolean, .number, .string: return false
        case .array(let elements): return elements.contains { $0.hasDoubles }
        case .object(let members):
            return Set(members.map { Array($0.name.utf8) }).count < members.count || members.contains { $0.value.hasDoubles }
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skipSpace() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

        mutating func take(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }

        /// With the space around it.
        mutating func value(depth: Int) -> ReferenceJSON? {
            skipSpace()
            let value = bareValue(depth: depth)
            skipSpace()
            return value
        }

        private mutating func bareValue(depth: Int) -> ReferenceJSON? {
            if take("null") { return .null }
            if take("true") { return .boolean(true) }
            if take("false") { return .boolean(false) }
            switch rest.first {
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "["): return depth < ReferenceJSON.deepest ? array(depth + 1) : nil
            case UInt8(ascii: "{"): return depth < ReferenceJSON.deepest ? object(depth + 1) : nil
            default: return number()
            }
        }

        private mutating func array(_ depth: Int) -> ReferenceJSON? {
            var elements: [ReferenceJSON] = []
            rest = rest.dropFirst()
            skipSpace()
            if take("]") { return .array([]) }
            while true {
                guard let element = value(depth: depth) else { return nil }
                elements.append(element)
                if take("]") { return .array(elements) }
                guard take(",") else { return nil }
            }
        }

        private mutating func object(_ depth: Int) -> ReferenceJSON? {
            var members: [Member] = []
            rest = rest.dropFirst()
            skipSpace()
            if take("}") { return .object([]) }
            while true {
                skipSpace()
                guard rest.first == UInt8(ascii: "\""), let name = string() else { return nil }
                skipSpace()
                guard take(":"), let value = value(depth: depth) else { return nil }
                members.append(Member(name: name, value: value))
                if take("}") { return .object(members) }
                guard take(",") else { return nil }
            }
        }

        private mutating func number() -> ReferenceJSON? {
            let whole = rest
            func digits(_ reader: inout Reader) -> ArraySlice<UInt8> {
                let digits = reader.rest.prefix { (0x30...0x39).contains($0) }
                reader.rest = reader.rest.dropFirst(digits.count)
                return digits
            }
            _ = take("-")
            let integer = digits(&self)
            guard !integer.isEmpty, integer.count == 1 || integer.first != 0x30 else { return nil }
            if take("."), digits(&self).isEmpty { return nil }
            if take("e") || take("E") {
                if !take("+") { _ = take("-") }
                if digits(&self).isEmpty { return nil }
            }
            return .number(Array(whole.dropLast(rest.count)))
        }

        /// UTF-16 code units first, of which halves of pairs may be left alone.
        private mutating func string() -> String? {
            rest = rest.dropFirst()
            guard let end = closingQuote() else { return nil }
            let content = rest[..<end]
            rest = rest[(end + 1)...]
            guard content.allSatisfy({ $0 >= 0x20 }),
                var scalars = String(validating: content, as: UTF8.self)?.unicodeScalars[...]
            else { return nil }
            var units: [UInt16] = []
            while let scalar = scalars.popFirst() {
                guard scalar == "\\" else {
                    units += Array(String(scalar).utf16)
                    continue
                }
                let marks: [Unicode.Scalar: UInt16] = [
                    "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09,
                ]
                guard let escape = scalars.popFirst() else { return nil }
                if let unit = marks[escape] {
                    units.append(unit)
                } else {
                    let digits = String(String.UnicodeScalarView(scalars.prefix(4)))
                    guard escape == "u", digits.utf8.count == 4, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
                        let unit = UInt16(digits, radix: 16)
                    else { return nil }
                    units.append(unit)
                    scalars = scalars.dropFirst(4)
                }
            }
            return String(decoding: units, as: UTF16.self)
        }

        private func closingQuote() -> Int? {
            var position = rest.startIndex
            while position < rest.endIndex, rest[position] != UInt8(ascii: "\"") {
                position += rest[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            return position < rest.endIndex ? position : nil
        }
    }
}
