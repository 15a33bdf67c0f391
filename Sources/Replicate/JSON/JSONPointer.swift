// JSON Pointer (RFC 6901): how C programs name a value inside a result, "/urls/stream" for instance.

extension JSON {
    /// The value at a pointer; nil if there is none, or if the text is not a pointer. "" is the whole value.
    public subscript(pointer pointer: String) -> JSON? {
        guard !pointer.isEmpty else { return self }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        var value: JSON? = self
        // By code points: a slash with a combining mark behind it is one character to Swift, and a slash all the same.
        for token in pointer.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let name = Self.unescaped(token) else { return nil }
            switch value?.kind {
            case .object: value = value?[name]
            case .array: value = Self.arrayIndex(name).flatMap { value?[$0] }
            default: return nil
            }
        }
        return value
    }

    /// `~1` is a slash and `~0` a tilde; any other tilde is an error.
    static func unescaped(_ token: Substring.UnicodeScalarView) -> String? {
        var name = String.UnicodeScalarView()
        var scalars = token.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "~" else {
                name.append(scalar)
                continue
            }
            switch scalars.next() {
            case "0": name.append("~")
            case "1": name.append("/")
            default: return nil
            }
        }
        return String(name)
    }

    /// Digits without leading zeros, as the RFC has it.
    static func arrayIndex(_ name: String) -> Int? {
        guard name == "0" || (name.utf8.first != UInt8(ascii: "0") && name.utf8.allSatisfy { (0x30...0x39).contains($0) })
        else { return nil }
        return Int(name)
    }
}
