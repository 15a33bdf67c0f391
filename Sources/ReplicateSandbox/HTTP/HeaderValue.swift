// A header's value with parameters, as Content-Type and Content-Disposition have it.

/// `form-data; name="content"; filename="a.txt"`
struct HeaderValue: Sendable {
    private(set) var value = ""
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var pieces = Self.pieces(text)
        value = pieces.isEmpty ? "" : trimmed(pieces.removeFirst()[...])
        for piece in pieces {
            let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let name = sides.first, let value = sides.last else { continue }
            parameters[trimmed(name).lowercased()] = Self.unquoted(trimmed(value))
        }
    }

    /// RFC 5987's `filename*=UTF-8''...` before the plain form, in which browsers and httpx escape quotes as `%22`.
    var fileName: String? {
        if let extended = parameters["filename*"], extended.lowercased().hasPrefix("utf-8''") {
            return percentDecoded(extended.dropFirst("utf-8''".count))
        }
        return parameters["filename"].map { name in
            [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")].reduce(name) { text, escape in
                text.split(separator: escape.0, omittingEmptySubsequences: false).joined(separator: escape.1)
            }
        }
    }

    /// At semicolons outside quotes.
    private static func pieces(_ text: String) -> [String] {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == ";", !isQuoted {
                pieces.append("")
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && isQuoted && !isEscaped
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
