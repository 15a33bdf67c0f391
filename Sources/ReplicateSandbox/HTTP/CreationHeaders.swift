// The headers of the creating operations: how long to hold the request, how long the prediction may live, and one of the
// sandbox's own.

/// `Prefer: wait` or `wait=n`.
struct Preference: Equatable, Sendable {
    /// Seconds to hold the request, 1 to 60; nil when the answer shall come at once.
    var wait: Int?

    /// Other preferences are passed over, as RFC 7240 has it. The service's pattern admits 1 to 99, its prose 60 at
    /// most.
    static func parse(_ header: String?) throws(SchemaViolation) -> Preference {
        for part in (header ?? "").split(separator: ",") {
            let parameter = part.split(separator: ";").first ?? ""
            let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
            guard let name = sides.first, name.lowercased() == "wait" else { continue }
            guard sides.count == 2, let text = sides.last else { return Preference(wait: 60) }
            guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let seconds = Int(text),
                (1...99).contains(seconds)
            else {
                throw SchemaViolation(
                    kind: "pattern", field: "Prefer", description: "wait takes a number of seconds from 1 to 60")
            }
            return Preference(wait: min(seconds, 60))
        }
        return Preference(wait: nil)
    }
}

/// `Cancel-After: 90`, `90s`, `1h30m45s`.
struct CancelAfter: Equatable, Sendable {
    var seconds: Int

    static func parse(_ header: String?) throws(SchemaViolation) -> CancelAfter? {
        guard let header else { return nil }
        guard let seconds = seconds(trimmed(header[...])) else {
            throw SchemaViolation(
                kind: "format", field: "Cancel-After", description: "must be a duration such as 90, 30s, 5m or 1h30m45s"
            )
        }
        guard seconds >= 5 else {
            throw SchemaViolation(
                kind: "number_gte", field: "Cancel-After", description: "must be at least 5 seconds")
        }
        return CancelAfter(seconds: seconds)
    }

    /// Units come from the largest to the smallest, each once; a bare number means seconds.
    private static func seconds(_ text: String) -> Int? {
        if let bare = Int(text), text.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true { return min(bare, longest) }
        var total = 0
        var digits = ""
        var smallest = Int.max
        for character in text.lowercased() {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            let sizes: [Character: Int] = ["h": 3600, "m": 60, "s": 1]
            guard let size = sizes[character], size < smallest, let count = Int(digits), count <= longest else {
                return nil
            }
            total += count * size
            smallest = size
            digits = ""
        }
        return digits.isEmpty && smallest != .max ? min(total, longest) : nil
    }

    /// A hundred years: longer than any sandbox runs, and far from overflowing a timestamp.
    private static let longest = 3_153_600_000
}

/// `X-Sandbox-Drop-Stream-After: 10`: every connection to the prediction's stream breaks after ten events. Who resumes
/// behind the last one gets the next ten, and so comes to the end; this is for trying just that. The service has no such header.
struct DropStreamAfter: Equatable, Sendable {
    var events: Int

    static func parse(_ header: String?) throws(SchemaViolation) -> DropStreamAfter? {
        guard let header else { return nil }
        guard let events = Int(trimmed(header[...])), events > 0 else {
            throw SchemaViolation(
                kind: "number_gte", field: "X-Sandbox-Drop-Stream-After", description: "must be a number of events, 1 or more")
        }
        return DropStreamAfter(events: events)
    }
}

func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
}
