// data-uri: what is one and what is in it, against a plain reading, in pieces of any size.
// base64: the text against a plain reading; and bytes, there and back.
// names: the names that outputs and uploads get, whatever a server or a caller calls them.
// content-range: the header of an answer that goes on with a file.

@testable import Replicate

let fileTargets = [
    Target(name: "data-uri", run: fuzzDataURI), Target(name: "base64", run: fuzzBase64), Target(name: "names", run: fuzzNames),
    Target(name: "content-range", run: fuzzContentRange),
]

private func fuzzDataURI(_ input: UnsafeRawBufferPointer) {
    let expected = ReferenceDataURI(Array(input))
    guard let uri = DataURI(input) else {
        demand(expected == nil, "\(String(describing: expected))")
        return
    }
    demand(uri.type == expected?.type, "the type \(expected?.type ?? "of none"), not \(uri.type)")
    demand(uri.size == expected.map { Int64($0.bytes.count) }, "\(expected?.bytes.count ?? -1) bytes, not \(uri.size)")
    for limit in [1 << 20, 1, 1 + Int(input.hash % 9)] {
        var bytes: [UInt8] = []
        var position = 0
        while let piece = uri.piece(of: input, &position, atMost: limit) {
            // A group of base64 has three bytes.
            demand(piece.count <= max(limit, 3) && !piece.isEmpty, "a piece of at most \(limit) bytes")
            bytes += piece
        }
        demand(bytes == expected?.bytes, "the bytes, in pieces of \(limit)")
    }
    let origin = Origin(scheme: "https", host: "api.replicate.com", port: "443")
    demand(OutputFile.isOne(input, origin: origin), "a file")
}

/// A second reading of RFC 2397 and of what is published of it.
struct ReferenceDataURI {
    let type: String
    let bytes: [UInt8]

    init?(_ text: [UInt8]) {
        guard text.count > 5, text[..<5].map({ (0x41...0x5A).contains($0) ? $0 + 32 : $0 }) == Array("data:".utf8),
            let comma = text.firstIndex(of: UInt8(ascii: ",")), comma < DataURI.longestHead
        else { return nil }
        var parts = text[5..<comma].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { Array($0) }
        var isBase64 = false
        if parts.count > 1, let last = parts.last, last.map({ $0 | 0x20 }) == Array("base64".utf8), last.allSatisfy({ $0 > 0x2F })
        {
            isBase64 = true
            parts.removeLast()
        }
        guard Self.isType(parts) else { return nil }
        let head = parts.map(\.text).joined(separator: ";")
        type = head.isEmpty ? "text/plain;charset=US-ASCII" : parts[0].isEmpty ? "text/plain" + head : head
        let content = Array(text[(comma + 1)...])
        guard let bytes = isBase64 ? ReferenceBase64.decode(content) : Self.percentDecoded(content) else { return nil }
        self.bytes = bytes
    }

    private static func isType(_ parts: [[UInt8]]) -> Bool {
        let marks = Set("!#$%&'*+-.^_`{|}~0123456789".utf8)
        func isToken(_ text: some Collection<UInt8>) -> Bool {
            !text.isEmpty
                && text.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || marks.contains($0) }
        }
        let halves = parts[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts[0].isEmpty || (halves.count == 2 && halves.allSatisfy(isToken)) else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { return isToken(parameter) }
            return isToken(parameter[..<equals]) && isToken(parameter[(equals + 1)...])
        }
    }

    private static func percentDecoded(_ text: [UInt8]) -> [UInt8]? {
        let allowed = Set("-._~:/?#[]@!$&'()*+,;=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = rest.prefix(2)
                guard digits.count == 2, digits.allSatisfy({ hexadecimalValue($0) != nil }),
                    let value = UInt8(Array(digits).text, radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                guard allowed.contains(byte) else { return nil }
                bytes.append(byte)
            }
        }
        return bytes
    }
}

/// Bit by bit.
enum ReferenceBase64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The padding may be missing, whole.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var text = text
        if text.last == UInt8(ascii: "=") {
            guard text.count % 4 == 0 else { return nil }
            text.removeLast()
            if text.last == UInt8(ascii: "=") { text.removeLast() }
        }
        guard text.count % 4 != 1 else { return nil }
        var bits: [Bool] = []
        for letter in text {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            bits += (0..<6).map { value >> (5 - $0) & 1 == 1 }
        }
        return stride(from: 0, to: bits.count - bits.count % 8, by: 8).map { start in
            bits[start..<(start + 8)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }
}

private func fuzzBase64(_ input: UnsafeRawBufferPointer) {
    let bytes = Array(input)
    let decoded = Base64.decoded(input)
    demand(decoded == ReferenceBase64.decode(bytes), "\(String(describing: ReferenceBase64.decode(bytes)))")
    demand(Base64.decodedCount(input) == decoded?.count, "the count")
    let text = Base64.encode(bytes)
    demand(Base64.decode(text.utf8) == bytes, "the bytes come back")
    if let strict = Base64.decode(bytes) {
        demand(strict == decoded && Base64.encode(strict).utf8.elementsEqual(bytes), "only what encode writes")
    }
}

/// A prefix, then a URL or a type on each line.
private func fuzzNames(_ input: UnsafeRawBufferPointer) {
    let lines = input.fields(12).map(\.text)
    var names = OutputNames(prefix: lines[0])
    var seen: Set<String> = []
    for (index, line) in lines.dropFirst().enumerated() {
        let isType = line.hasPrefix("type ")
        let name = names.next(index: index, url: isType ? nil : line, type: isType ? String(line.dropFirst(5)) : nil)
        checkName(name.text, longest: OutputNames.longest)
        checkName(OutputNames.closed(name, lines[lines.count - 1 - index]), longest: OutputNames.longest)
        demand(seen.insert(name.text.uppercased().lowercased()).inserted, "a name of its own, not \(name.text)")
    }
    for line in lines {
        for name in [FileName.cleaned(line), FileName.of(path: line)] {
            demand(!name.isEmpty && name.utf8.count <= FileName.longest, "a name that fits")
            demand(name != "." && name != ".." && !name.utf8.contains { $0 < 0x20 || "\"\\/\u{7F}".utf8.contains($0) }, name)
        }
        demand(MIMEType.of(fileName: line).contains("/") && MIMEType.of(url: line).contains("/"), "a type")
    }
}

private func checkName(_ name: String, longest: Int) {
    let device = name.prefix { $0 != "." }.uppercased()
    demand(!name.isEmpty && name.utf8.count <= longest, "a name that fits")
    demand(!".- ".unicodeScalars.contains(name.unicodeScalars.first ?? "."), "no mark at its beginning: \(name)")
    demand(!". ".unicodeScalars.contains(name.unicodeScalars.last ?? "."), "no mark at its end: \(name)")
    demand(!["CON", "PRN", "AUX", "NUL", "COM1", "LPT9"].contains(device), "no device: \(name)")
    for scalar in name.unicodeScalars {
        demand(!"/\\<>:\"|?*".unicodeScalars.contains(scalar), "no separator: \(name)")
        let isHidden = [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        demand(!isHidden, "nothing that hides: \(name)")
    }
}

private func fuzzContentRange(_ input: UnsafeRawBufferPointer) {
    let fields = input.fields(4).map(\.text)
    if let range = ContentRange(fields[0]) {
        demand(range.first >= 0 && range.first <= range.last, "a range of something")
        demand(range.complete.map { range.last < $0 } ?? true, "inside of the whole")
        let end = range.complete.map { String($0) } ?? "*"
        let again = ContentRange("bytes \(range.first)-\(range.last)/\(end)")
        demand(again == range, "the same, written again")
        demand(fields[0].utf8.count >= 11 && fields[0].utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F }, "what a header can hold")
    }
    var progress = Fetch.Progress()
    progress.begin(
        HTTPResponse(
            status: 200, headers: [("content-length", fields[1]), ("etag", fields[2]), ("last-modified", fields[3])], body: []))
    progress.size = Int64(input.hash >> 48)
    if progress.isContinued(by: HTTPResponse(status: 206, headers: [("content-range", fields[0])], body: [])) {
        demand(ContentRange(fields[0])?.first == progress.size, "the part that was asked for")
    }
    demand(progress.json.kind == .object, "JSON that says how far it is")
    _ = progress.shortfall
}
