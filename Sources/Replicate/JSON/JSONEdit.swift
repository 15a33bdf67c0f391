// Changes to a JSON text at JSON Pointers: only the values that are meant are written anew, all other bytes stay.

extension JSON {
    /// Where a value goes that is put at a pointer, as JSON Patch (RFC 6902) adds one: in place of what is there, as a new
    /// member of an object, or as a new last element of an array ("-").
    public struct Place: Sendable {
        /// With "-" turned into the number that it stands for.
        public let pointer: String
        fileprivate let range: Range<Int>
        fileprivate let before: [UInt8]
    }

    /// nil where there is no object or array to put it in, or no such index; and for "", which is the whole.
    public func place(at pointer: String) -> Place? {
        guard pointer.utf8.first == UInt8(ascii: "/"), let slash = pointer.utf8.lastIndex(of: UInt8(ascii: "/")),
            let parent = self[pointer: String(pointer[..<slash])],
            let name = Self.unescaped(pointer[pointer.utf8.index(after: slash)...].unicodeScalars)
        else { return nil }
        switch parent.kind {
        case .object:
            if let value = parent[name] { return Place(pointer: pointer, range: value.range, before: []) }
            return Place(
                pointer: pointer, range: parent.end,
                before: (parent.isEmpty ? [] : Array(",".utf8)) + JSONString.quoted(name) + Array(":".utf8))
        case .array:
            let count = parent.count
            guard let index = name == "-" ? count : Self.arrayIndex(name), index <= count else { return nil }
            let resolved = "\(pointer[..<slash])/\(index)"
            if let value = parent[index] { return Place(pointer: resolved, range: value.range, before: []) }
            return Place(pointer: resolved, range: parent.end, before: count == 0 ? [] : Array(",".utf8))
        default: return nil
        }
    }

    /// The same text with a value in its place.
    public func putting(_ value: JSON, at place: Place) -> JSON {
        spliced([(place.range, place.before + value.bytes)])
    }

    /// The same text with other values at these pointers; nil if there is nothing at one of them, or if one is inside of
    /// another.
    func replacing(_ values: [(pointer: String, value: JSON)]) -> JSON? {
        var pieces: [(range: Range<Int>, text: [UInt8])] = []
        for (pointer, value) in values {
            guard let old = self[pointer: pointer] else { return nil }
            pieces.append((old.range, Array(value.bytes)))
        }
        pieces.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (one, next) in zip(pieces, pieces.dropFirst()) where next.range.lowerBound < one.range.upperBound { return nil }
        return spliced(pieces)
    }

    /// `pieces` are in order and apart from each other, and each makes a value of what was one, or adds one.
    private func spliced(_ pieces: [(range: Range<Int>, text: [UInt8])]) -> JSON {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + pieces.reduce(0) { $0 + $1.text.count })
        var position = bytes.startIndex
        for piece in pieces {
            text += bytes[position..<piece.range.lowerBound]
            text += piece.text
            position = piece.range.upperBound
        }
        text += bytes[position...]
        return JSON(checked: text, range: 0..<text.count)
    }

    private var range: Range<Int> { bytes.startIndex..<bytes.endIndex }

    /// Before the bracket that ends an object or array.
    private var end: Range<Int> { (bytes.endIndex - 1)..<(bytes.endIndex - 1) }

    private var isEmpty: Bool { count == 0 }
}
