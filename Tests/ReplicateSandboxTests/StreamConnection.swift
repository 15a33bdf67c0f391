// Reads a stream of events as the standard has it, written without a look at how the server writes them.

@testable import ReplicateSandbox

struct StreamEvent: Equatable, Sendable {
    var name = ""
    var id = ""
    var data = ""
}

/// Lines end with LF, CR or both; lines of data are joined by LF.
struct StreamParser {
    private var line: [UInt8] = []
    private var isAfterReturn = false
    private var name = ""
    private var data: [String] = []
    private var id = ""
    private(set) var comments: [String] = []

    mutating func feed(_ bytes: [UInt8]) -> [StreamEvent] {
        var events: [StreamEvent] = []
        for byte in bytes {
            if byte == 0x0A, isAfterReturn {
                isAfterReturn = false
                continue
            }
            isAfterReturn = byte == 0x0D
            guard byte == 0x0A || byte == 0x0D else {
                line.append(byte)
                continue
            }
            if line.isEmpty, !data.isEmpty {
                events.append(StreamEvent(name: name, id: id, data: data.joined(separator: "\n")))
                (name, data) = ("", [])
            }
            take(String(decoding: line, as: UTF8.self))
            line = []
        }
        return events
    }

    private mutating func take(_ line: String) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        var value = line[colon...].dropFirst()
        if value.first == " " { value = value.dropFirst() }
        switch line[..<colon] {
        case "": comments.append(String(value))
        case "event": name = String(value)
        case "data": data.append(String(value))
        case "id": id = String(value)
        default: break
        }
    }
}

struct StreamConnection {
    let head: (status: Int, headers: [String: String])
    var connection: Connection
    private var parser = StreamParser()
    private var events: ArraySlice<StreamEvent> = []

    init(head: (status: Int, headers: [String: String]), connection: Connection) {
        self.head = head
        self.connection = connection
    }

    var comments: [String] { parser.comments }

    /// Nil where the stream has ended as it should; throws where it was cut.
    mutating func next() async throws -> StreamEvent? {
        while events.isEmpty {
            guard let chunk = try await connection.readChunk() else { return nil }
            events = parser.feed(chunk)[...]
        }
        return events.popFirst()
    }

    /// Reads until so many comments have come.
    mutating func awaitComments(_ count: Int) async throws {
        while parser.comments.count < count {
            guard let chunk = try await connection.readChunk() else { return }
            events += parser.feed(chunk)
        }
    }

    /// What is left, and whether the stream came to its end.
    mutating func rest() async throws -> (events: [StreamEvent], isComplete: Bool) {
        var all: [StreamEvent] = []
        defer { connection.close() }
        do {
            while let event = try await next() { all.append(event) }
            return (all, true)
        } catch is Connection.Cut {
            return (all, false)
        }
    }
}
