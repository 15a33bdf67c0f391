// A .env file: lines of NAME=value, as shells and dotenv libraries take them. Pure: it is given the text.
//
//     # a comment
//     export REPLICATE_API_TOKEN="r8_…"   # quotes and export are passed over

public struct EnvironmentFile: Sendable {
    /// Larger files are not what they seem.
    public static let largestSize = 64 << 10

    private var values: [String: String] = [:]

    /// Lines that are no assignment are passed over; of two for one name the later counts.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            var line = line.drop(while: \.isWhitespace)
            if line.hasPrefix("export"), line.dropFirst(6).first?.isWhitespace == true {
                line = line.dropFirst(6).drop(while: \.isWhitespace)
            }
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].reversed().drop(while: \.isWhitespace).reversed()
            values[String(name)] = Self.value(line[line.index(after: equals)...].drop(while: \.isWhitespace))
        }
    }

    public subscript(name: String) -> String? { values[name] }

    /// In single quotes the text as it is; in double quotes with \n, \" and \\; bare up to a comment.
    private static func value(_ text: Substring) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return bare(text) }
        var value = ""
        var escaped = false
        for character in text.dropFirst() {
            if escaped {
                value.append(character == "n" ? "\n" : character)
                escaped = false
            } else if character == "\\", quote == "\"" {
                escaped = true
            } else if character == quote {
                return value
            } else {
                value.append(character)
            }
        }
        return bare(text)  // A quote that is never closed is a part of the value.
    }

    private static func bare(_ text: Substring) -> String {
        var value = ""
        for character in text {
            if character == "#", value.isEmpty || value.last?.isWhitespace == true { break }
            value.append(character)
        }
        while value.last?.isWhitespace == true { value.removeLast() }
        return value
    }
}
