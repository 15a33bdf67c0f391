// Texts that a caller gave: how long each may be, and how much of one an error quotes. What is longer is a mistake, which no
// server would take. In bytes of UTF-8; include/replicate.h publishes the numbers.

public enum CallerText {
    /// An argument that becomes a part of a path.
    public static let longestSegment = 1 << 10
    /// A model reference, or the version of a create.
    public static let longestReference = 4 << 10
    /// What is searched for in a query, or the value of a parameter.
    public static let longestQuery = 8 << 10
    /// What models are searched for, which goes as a body.
    public static let longestSearch = 64 << 10
    /// The name of a header, of a parameter, or of a key beside an input.
    public static let longestName = 256
    public static let longestHeader = 8 << 10
    /// Of a page or a webhook, or the path of any call.
    public static let longestURL = 16 << 10
    /// Of a file on disk: PATH_MAX. The name of an upload, which is cut to what the service takes, has the same limit.
    public static let longestPath = 4 << 10
    /// Of a place in an input.
    public static let longestPointer = 4 << 10
    /// The value of any other option.
    public static let longestOption = 16 << 10

    public static func check(_ text: String, _ argument: String, atMost limit: Int) throws(ReplicateError) {
        guard text.utf8.count <= limit else {
            throw ReplicateError(.invalidInput, "\(argument) has \(text.utf8.count) bytes; at most \(limit) are taken")
        }
    }

    /// The start of a text, on one line, to stand in a message.
    public static func shown(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < 60 else { return "\(String(line))…" }
            line.append(scalar.properties.generalCategory == .control || scalar.properties.isWhitespace ? " " : scalar)
        }
        return String(line)
    }
}
