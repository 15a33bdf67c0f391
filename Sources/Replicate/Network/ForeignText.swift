// Text that came from a server and will stand in an error message: short, on one line, no page of HTML, no secret.

enum ForeignText {
    static let longest = 300

    static func cleaned(_ text: String, hiding secret: String? = nil) -> String {
        let text = hidden(secret, in: text)
        guard !looksLikeMarkup(text) else { return "(a page of HTML)" }
        var line = String.UnicodeScalarView()
        var lastWasSpace = true
        for scalar in text.unicodeScalars {
            let isSpace = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
            if isSpace, lastWasSpace { continue }
            line.append(isSpace ? " " : scalar)
            lastWasSpace = isSpace
            if line.count > longest { break }
        }
        if line.count > longest {
            line.removeLast(line.count - longest + 1)
            line.append("…")
        }
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    /// The whole text, without the secret.
    static func hiding(_ secret: String?, in text: String) -> String {
        guard let secret, !secret.isEmpty else { return text }
        let sought = Array(secret.utf8)
        var rest = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while let byte = rest.first {
            if byte == sought[0], rest.starts(with: sought) {
                bytes += "(token)".utf8
                rest = rest.dropFirst(sought.count)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same of a text that was cut to its length before: half a secret may stand at its end.
    static func hiding(_ secret: String?, inCut text: String) -> String {
        guard let secret, !secret.isEmpty else { return text }
        let whole = hiding(secret, in: text)
        guard whole.hasSuffix("…") else { return whole }
        let bytes = Array(whole.utf8.dropLast("…".utf8.count))
        for length in stride(from: min(secret.utf8.count, bytes.count), to: 3, by: -1)
        where bytes.suffix(length).elementsEqual(secret.utf8.prefix(length)) {
            return String(decoding: bytes.dropLast(length), as: UTF8.self) + "…"
        }
        return whole
    }

    private static func looksLikeMarkup(_ text: String) -> Bool {
        let start = text.prefix(512).lowercased()
        return ["<!doctype", "<html", "<head", "<body"].contains { start.contains($0) }
    }

    private static func hidden(_ secret: String?, in text: String) -> String {
        guard let secret = secret.map({ Array($0.utf8) }), !secret.isEmpty else { return text }
        // Only the start is ever shown, so only the start is searched: a body may have megabytes. By bytes, because an
        // accent behind the secret makes its last letter another character to Swift.
        var rest = Array(text.utf8.prefix(longest * 8 + secret.count))[...]
        let isCut = rest.count == longest * 8 + secret.count
        var bytes: [UInt8] = []
        while let byte = rest.first {
            if rest.starts(with: secret) {
                bytes += "(token)".utf8
                rest = rest.dropFirst(secret.count)
            } else {
                if isCut, rest.count < secret.count { break }  // Half a secret may stand at the cut.
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
