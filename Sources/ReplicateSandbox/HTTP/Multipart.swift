// multipart/form-data (RFC 7578): the parts of a body that has been read whole, as slices of it.

import Glibc

struct Multipart: Sendable {
    struct Part: Sendable {
        var name: String
        var fileName: String?
        var contentType: String?
        var content: ArraySlice<UInt8>
    }

    private static let maximumParts = 32
    private static let maximumHead = 8192
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    private let parts: [Part]

    init(_ body: [UInt8], contentType: String?) throws(Problem) {
        let type = HeaderValue(contentType ?? "")
        guard type.value.lowercased() == "multipart/form-data" else {
            throw .badRequest("The request's body must be multipart/form-data.")
        }
        guard let boundary = type.parameters["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw .badRequest("The request's Content-Type has no boundary.")
        }
        guard let parts = Self.split(body, at: Array("--\(boundary)".utf8)) else {
            throw .badRequest("The request's body is not well-formed multipart/form-data.")
        }
        self.parts = parts
    }

    subscript(name: String) -> Part? { parts.first { $0.name == name } }

    /// The text of a part; nil as well where it is not UTF-8.
    func text(_ name: String) -> String? {
        self[name].flatMap { String(validating: $0.content, as: UTF8.self) }
    }

    private static func split(_ body: [UInt8], at delimiter: [UInt8]) -> [Part]? {
        guard body.count < 1 << 40, var position = find(delimiter, in: body, from: 0) else { return nil }
        guard position == 0 || body[..<position].suffix(2).elementsEqual(lineEnd) else { return nil }
        var parts: [Part] = []
        while true {
            position += delimiter.count
            let after = body[position...]
            if after.starts(with: "--".utf8) { return parts }
            guard after.starts(with: lineEnd), parts.count < maximumParts else { return nil }
            position += lineEnd.count
            guard let end = find(lineEnd + delimiter, in: body, from: position),
                let part = part(body[position..<end])
            else { return nil }
            parts.append(part)
            position = end + lineEnd.count
        }
    }

    /// A head of header lines, an empty line, and the content.
    private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
        let gap = lineEnd + lineEnd
        var head = Array(bytes.prefix(maximumHead))
        guard let end = find(gap, in: head, from: 0) else { return nil }
        head.removeSubrange(end...)
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        var part = Part(name: "", content: bytes.dropFirst(end + gap.count))
        for line in text.split(separator: "\r\n") {
            let sides = line.split(separator: ":", maxSplits: 1)
            guard sides.count == 2, let name = sides.first, let value = sides.last else { return nil }
            switch trimmed(name).lowercased() {
            case "content-disposition":
                let disposition = HeaderValue(trimmed(value))
                guard disposition.value.lowercased() == "form-data" else { return nil }
                part.name = disposition.parameters["name"] ?? ""
                part.fileName = disposition.fileName
            case "content-type": part.contentType = trimmed(value)
            default: break
            }
        }
        return part.name.isEmpty ? nil : part
    }

    /// Where the pattern first stands at or behind `start`.
    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first else { return start }
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var position = start
            while position + pattern.count <= bytes.count {
                let room = bytes.count - pattern.count - position + 1
                guard let found = memchr(base + position, Int32(first), room) else { return nil }
                if memcmp(found, pattern, pattern.count) == 0 { return base.distance(to: found) }
                position = base.distance(to: found) + 1
            }
            return nil
        }
    }
}
