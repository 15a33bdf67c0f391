// A second reading of the standard, for comparison: the whole stream at once, decoded first, with no thought of speed.

@testable import Replicate

struct ReferenceStream {
    private(set) var events: [StreamEvent] = []
    private(set) var lastEventID = ""
    private(set) var retry: Int?

    private var type = ""
    private var data = ""
    private var nextID = ""

    init(_ bytes: [UInt8]) {
        var scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        for line in Self.lines(scalars) { take(line) }
    }

    /// A line without an end is none: it cannot be the blank line that an event ends with.
    private static func lines(_ scalars: [Unicode.Scalar]) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\n", index > 0, scalars[index - 1] == "\r" { continue }
            if scalar == "\n" || scalar == "\r" {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            } else {
                line.append(scalar)
            }
        }
        return lines
    }

    private mutating func take(_ line: String) {
        guard !line.isEmpty else { return dispatch() }
        let scalars = line.unicodeScalars
        guard let colon = scalars.firstIndex(of: ":") else { return take(name: line, value: "") }
        var value = scalars[scalars.index(after: colon)...]
        if value.first == " " { value.removeFirst() }
        take(name: String(scalars[..<colon]), value: String(value))
    }

    private mutating func take(name: String, value: String) {
        // By code points: a name with a combining mark behind it is another name to Swift, and so it should be.
        switch name {
        case "event": type = value
        case "data": data += value + "\n"
        case "id" where !value.unicodeScalars.contains("\0"): nextID = value
        case "retry" where !value.isEmpty && value.utf8.allSatisfy(isDigit): retry = min(Int(value) ?? .max, Int(Int32.max))
        default: break
        }
    }

    private mutating func dispatch() {
        lastEventID = nextID
        defer { (type, data) = ("", "") }
        // The one thing that is ours: `done` needs no data.
        guard !data.isEmpty || type == "done" else { return }
        let text = data.unicodeScalars.dropLast()
        events.append(StreamEvent(String(text), event: type.isEmpty ? "message" : type, id: lastEventID))
    }
}
