// The headers of an answer, as the bytes that came: of the dozen that a server sends, one or two are ever looked at.

struct HTTPHeaders: Sendable {
    private var lines: [UInt8] = []

    init() {}

    init(_ fields: [(name: String, value: String)]) {
        for field in fields { lines += "\(field.name): \(field.value)\r\n".utf8 }
    }

    var count: Int { lines.count }

    mutating func append(line: UnsafeRawBufferPointer) { lines.append(contentsOf: line) }
    mutating func removeAll() { lines.removeAll(keepingCapacity: true) }

    /// The first value under a name that is given in lower case.
    subscript(name: String) -> String? {
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex == name.utf8.count else { continue }
            if zip(line, name.utf8).allSatisfy({ Self.lowercased($0) == $1 }) { return Self.value(line[(colon + 1)...]) }
        }
        return nil
    }

    /// All of them in the server's order, the names in lower case.
    var fields: [(name: String, value: String)] {
        lines.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            return (String(decoding: line[..<colon].map(Self.lowercased), as: UTF8.self), Self.value(line[(colon + 1)...]))
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.trimmingSpace(), as: UTF8.self)
    }
}

extension Collection where Element == UInt8, SubSequence: BidirectionalCollection {
    /// Without spaces, tabs and line ends on both sides.
    func trimmingSpace() -> SubSequence {
        var rest = self[...]
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }
}
