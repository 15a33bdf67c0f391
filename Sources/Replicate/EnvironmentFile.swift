// A .env file: lines of NAME=value, as shells and dotenv libraries take them. Pure: it is given the text.
//
//     # a comment
//     export REPLICATE_API_TOKEN="r8_…"   # quotes and export are passed over

public struct EnvironmentFile: Sendable {
    /// Larger files are not what they seem.
    public static let largestSize = 64 << 10

    private var values: [String: String] = [:]

    private typealias Scalars = Substring.UnicodeScalarView

    /// Lines that are no assignment are passed over; of two for one name the later counts.
    public init(_ text: String) {
        // By code points: a quote with an accent behind it is one character to Swift, and a quote all the same.
        for line in Substring(text).unicodeScalars.split(whereSeparator: Self.isLineEnd) {
            var line = line.drop(while: Self.isSpace)
            if line.starts(with: "export".unicodeScalars), line.dropFirst(6).first.map(Self.isSpace) == true {
                line = line.dropFirst(6).drop(while: Self.isSpace)
            }
            guard line.first != "#", let equals = line.firstIndex(of: "=") else { continue }
            let name = Self.withoutSpaceBehind(line[..<equals])
            values[String(name)] = Self.value(line[line.index(after: equals)...].drop(while: Self.isSpace))
        }
    }

    public subscript(name: String) -> String? { values[name] }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool { Character(scalar).isNewline }
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    private static func withoutSpaceBehind(_ text: Scalars) -> Scalars {
        var text = text
        while text.last.map(isSpace) == true { text.removeLast() }
        return text
    }

    /// In single quotes the text as it is; in double quotes with \n, \" and \\; bare up to a comment.
    private static func value(_ text: Scalars) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return bare(text) }
        var value = String.UnicodeScalarView()
        var escaped = false
        for scalar in text.dropFirst() {
            if escaped {
                value.append(scalar == "n" ? "\n" : scalar)
                escaped = false
            } else if scalar == "\\", quote == "\"" {
                escaped = true
            } else if scalar == quote {
                return String(value)
            } else {
                value.append(scalar)
            }
        }
        return bare(text)  // A quote that is never closed is a part of the value.
    }

    private static func bare(_ text: Scalars) -> String {
        var last: Unicode.Scalar = " "
        let value = text.prefix { scalar in
            defer { last = scalar }
            return scalar != "#" || !isSpace(last)
        }
        return String(withoutSpaceBehind(value))
    }
}
