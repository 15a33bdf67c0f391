// A checked JSON text, or a part of one, as the bytes that were sent. Values are found by walking those bytes, so what
// nobody here knows (fields, number formats, the order of members) survives on its way to C and Lua.

public struct JSON: Sendable {
    public enum Kind: Sendable { case object, array, string, number, boolean, null }

    private let text: [UInt8]
    private let range: Range<Int>
    public let kind: Kind

    /// Checks the whole text: one value, nothing after it, UTF-8 throughout. A byte order mark before it is passed over.
    public init(validating text: [UInt8]) throws(JSONError) {
        try self.init(validating: text, depth: JSONScanner.maximumDepth)
    }

    /// No more than `depth` levels of it may be nested, and never more than 512.
    init(validating text: [UInt8], depth: Int) throws(JSONError) {
        let start: Int
        let end: Int
        do {
            var scanner = JSONScanner(text, at: text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, depth: depth)
            scanner.skipSpace()
            start = scanner.position
            try scanner.skipValue()
            end = scanner.position
            scanner.skipSpace()
            if scanner.byte != nil { throw scanner.failure("something follows the value") }
        }
        self.init(checked: text, range: start..<end)
    }

    public init(validating text: String) throws(JSONError) {
        try self.init(validating: Array(text.utf8))
    }

    static let null = JSON(checked: Array("null".utf8), range: 0..<4)
    public static let `true` = JSON(checked: Array("true".utf8), range: 0..<4)

    /// A string.
    public init(_ text: String) {
        let quoted = JSONString.quoted(text)
        self.init(checked: quoted, range: 0..<quoted.count)
    }

    /// An object of strings.
    init(object members: [(name: String, value: String)]) {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for member in members {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text += JSONString.quoted(member.name)
            text.append(UInt8(ascii: ":"))
            text += JSONString.quoted(member.value)
        }
        text.append(UInt8(ascii: "}"))
        self.init(checked: text, range: 0..<text.count)
    }

    /// Of a text that is known to be right.
    init(checked text: [UInt8], range: Range<Int>) {
        self.text = text
        self.range = range
        self.kind =
            switch text[range.lowerBound] {
            case UInt8(ascii: "{"): .object
            case UInt8(ascii: "["): .array
            case UInt8(ascii: "\""): .string
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
            case UInt8(ascii: "n"): .null
            default: .number
            }
    }

    /// The text of this value as it was sent.
    public var bytes: ArraySlice<UInt8> { text[range] }

    public var isNull: Bool { kind == .null }
    public var boolean: Bool? { kind == .boolean ? text[range.lowerBound] == UInt8(ascii: "t") : nil }
    public var double: Double? { kind == .number ? Double(String(decoding: bytes, as: UTF8.self)) : nil }

    /// Only of a number that is written as an integer: `1.0` and `1e3` have none.
    public var integer: Int64? { kind == .number ? Int64(String(decoding: bytes, as: UTF8.self)) : nil }

    /// Of a string, with its escapes resolved.
    public var string: String? {
        guard kind == .string else { return nil }
        let content = text[(range.lowerBound + 1)..<(range.upperBound - 1)]
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        return JSONString.unescaped(content)
    }

    /// The value of an object's member; of members with one name the last, as JavaScript has it.
    public subscript(name: String) -> JSON? {
        var found: Range<Int>?
        walk { key, value in
            if let key, JSONString.equals(text[key], name) { found = value }
            return true
        }
        return found.map { JSON(checked: text, range: $0) }
    }

    public subscript(index: Int) -> JSON? {
        guard kind == .array, index >= 0 else { return nil }
        var position = 0
        var found: Range<Int>?
        walk { _, value in
            if position == index { found = value }
            position += 1
            return found == nil
        }
        return found.map { JSON(checked: text, range: $0) }
    }

    /// An object's members in their order; empty for anything else.
    public var members: [(name: String, value: JSON)] {
        var members: [(name: String, value: JSON)] = []
        walk { key, value in
            if let key { members.append((JSONString.unescaped(text[key]), JSON(checked: text, range: value))) }
            return true
        }
        return members
    }

    /// An array's elements; empty for anything else.
    public var elements: [JSON] {
        var elements: [JSON] = []
        walk { key, value in
            if key == nil { elements.append(JSON(checked: text, range: value)) }
            return true
        }
        return elements
    }

    /// How many elements or members an array or object has; 0 for anything else.
    var count: Int {
        var count = 0
        walk { _, _ in
            count += 1
            return true
        }
        return count
    }

    /// Every string that is a value, with where it stands, in one pass over the text however deep it is.
    func visitStrings(_ visit: (_ path: [Step], _ value: JSON) -> Void) {
        var scanner = JSONScanner(text, at: range.lowerBound)
        var path: [Step] = []
        // Cannot fail in a text that init has checked.
        try? visitStrings(&scanner, &path, visit)
    }

    enum Step {
        case index(Int)
        /// Where the name stands, without its quotes.
        case name(Range<Int>)
    }

    /// The name of a step of such a path.
    func name(of step: Step) -> String {
        switch step {
        case .index(let index): String(index)
        case .name(let key): JSONString.unescaped(text[key])
        }
    }

    private func visitStrings(_ scanner: inout JSONScanner, _ path: inout [Step], _ visit: ([Step], JSON) -> Void)
        throws(JSONError)
    {
        scanner.skipSpace()
        switch scanner.byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = scanner.byte == UInt8(ascii: "{")
            _ = scanner.skip(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
            var index = 0
            while true {
                scanner.skipSpace()
                if scanner.byte == nil || scanner.skip(UInt8(ascii: "}")) || scanner.skip(UInt8(ascii: "]")) { return }
                if isObject {
                    let start = scanner.position + 1
                    try scanner.skipString()
                    path.append(.name(start..<(scanner.position - 1)))
                    scanner.skipSpace()
                    _ = scanner.skip(UInt8(ascii: ":"))
                } else {
                    path.append(.index(index))
                }
                try visitStrings(&scanner, &path, visit)
                path.removeLast()
                index += 1
                scanner.skipSpace()
                _ = scanner.skip(UInt8(ascii: ","))
            }
        case UInt8(ascii: "\""):
            let start = scanner.position
            try scanner.skipString()
            visit(path, JSON(checked: text, range: start..<scanner.position))
        default: try scanner.skipValue()
        }
    }

    /// Calls `visit` with each child's name (without its quotes; nil in an array) and value until it returns false.
    private func walk(_ visit: (_ key: Range<Int>?, _ value: Range<Int>) -> Bool) {
        guard kind == .object || kind == .array else { return }
        var scanner = JSONScanner(text, at: range.lowerBound + 1)
        do throws(JSONError) {
            while true {
                scanner.skipSpace()
                if scanner.skip(UInt8(ascii: "}")) || scanner.skip(UInt8(ascii: "]")) { return }
                var key: Range<Int>?
                if kind == .object {
                    let start = scanner.position + 1
                    try scanner.skipString()
                    key = start..<(scanner.position - 1)
                    scanner.skipSpace()
                    _ = scanner.skip(UInt8(ascii: ":"))
                    scanner.skipSpace()
                }
                let start = scanner.position
                try scanner.skipValue()
                guard visit(key, start..<scanner.position) else { return }
                scanner.skipSpace()
                _ = scanner.skip(UInt8(ascii: ","))
            }
        } catch {
            return  // Cannot happen in a text that init has checked; an end is the safe answer all the same.
        }
    }
}
