// What is delivered when servers answer a new connection in their various ways: nothing twice, nothing lost.

import Testing

@testable import Replicate

struct ReplayFilterTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// What the server sends on each connection.
        let connections: [String]
        /// The data of what is delivered.
        let delivered: String
        /// The Last-Event-ID of each connection after the first.
        let asked: [String]

        init(_ name: String, _ connections: [String], _ delivered: String, asked: [String]) {
            (self.name, self.connections, self.delivered, self.asked) = (name, connections, delivered, asked)
        }

        var testDescription: String { name }
    }

    /// Events such as "1:a 2:b c": an id and a text, or a text alone; "done" is the event of that name.
    private static func stream(_ words: String) -> String {
        words.split(separator: " ").map { word in
            if word == "done" { return "event: done\n\n" }
            let parts = word.split(separator: ":")
            return parts.count == 2 ? "id: \(parts[0])\ndata: \(parts[1])\n\n" : "data: \(word)\n\n"
        }.joined()
    }

    static let rows = [
        Row("one connection", ["1:a 2:b done"], "a b done", asked: []),
        Row("the server knows Last-Event-ID", ["1:a 2:b", "3:c done"], "a b c done", asked: ["2"]),
        Row("it is ignored", ["1:a 2:b", "1:a 2:b 3:c done"], "a b c done", asked: ["2"]),
        Row("ignored, nothing new", ["1:a 2:b", "1:a 2:b", "1:a 2:b 3:c"], "a b c", asked: ["2", "2"]),
        Row("cut within the repetition", ["1:a 2:b 3:c", "1:a", "1:a 2:b 3:c 4:d"], "a b c d", asked: ["3", "3"]),
        Row("cut within, then resumed", ["1:a 2:b 3:c", "1:a 2:b", "4:d"], "a b c d", asked: ["3", "3"]),
        Row("the server repeats the last one", ["1:a 2:b", "2:b 3:c done"], "a b c done", asked: ["2"]),
        Row("and those behind it", ["1:a 2:b c", "2:b c 3:d"], "a b c d", asked: ["2"]),
        Row("one event so far", ["1:a", "1:a 2:b"], "a b", asked: ["1"]),
        Row("no ids", ["a b", "a b c done"], "a b c done", asked: [""]),
        Row("no ids, twice", ["a b", "a b c", "a b c d"], "a b c d", asked: ["", ""]),
        Row("no ids, cut within the repetition", ["a b", "a", "a b c"], "a b c", asked: ["", ""]),
        Row("no ids, and then some", ["a b", "a b 3:c", "4:d"], "a b c d", asked: ["", "3"]),
        Row("no ids, only done", ["a b c", "done"], "a b c done", asked: [""]),
        Row("ignored, then done early", ["1:a 2:b 3:c", "1:a done"], "a b c done", asked: ["3"]),
        Row("only done, with no id of its own", ["1:a 2:b", "done"], "a b done", asked: ["2"]),
        Row("no id of its own, and something else", ["1:a 2:b", "c 3:d"], "a b c d", asked: ["2"]),
        Row("nothing on the first", ["", "1:a 2:b"], "a b", asked: [""]),
        Row("nothing on the second", ["1:a", "", "2:b"], "a b", asked: ["1", "1"]),
        Row("every event has one id", ["0:a 0:b", "0:a 0:b 0:c"], "a b c", asked: ["0"]),
        Row("the first has none", ["a 2:b 3:c", "4:d"], "a b c d", asked: ["3"]),
        Row("a repetition from the middle is let through", ["1:a 2:b 3:c", "2:b 3:c 4:d"], "a b c b c d", asked: ["3"]),
        Row("the same text is no repetition", ["1:a 2:a", "3:a 4:a done"], "a a a a done", asked: ["2"]),
    ]

    private func run(_ row: Row, chunk: Int, takenAt: Int) throws -> (String, [String]) {
        var (parser, filter, batch) = (EventParser(), ReplayFilter(), EventBatch())
        var words: [String] = []
        var asked: [String] = []
        func take(_ batch: inout EventBatch) {
            words += batch.events.map { String(decoding: $0.event == Array("done".utf8) ? $0.event : $0.data, as: UTF8.self) }
            batch.removeAll(keepingCapacity: true)
        }
        for (index, connection) in row.connections.enumerated() {
            if index > 0 {
                filter.beginConnection()
                parser.beginConnection(lastEventID: filter.lastEventID)
                asked.append(String(decoding: filter.lastEventID, as: UTF8.self))
            }
            let bytes = Array(Self.stream(connection).utf8)
            for start in stride(from: 0, to: bytes.count, by: chunk) {
                let before = batch.count
                try parser.feed(bytes[start..<min(start + chunk, bytes.count)], into: &batch)
                filter.apply(to: &batch, from: before)
                if batch.count >= takenAt { take(&batch) }
            }
        }
        take(&batch)
        #expect(filter.deliveredCount == words.count)
        return (words.joined(separator: " "), asked)
    }

    @Test(arguments: rows)
    func delivered(_ row: Row) throws {
        for chunk in [1, 2, 7, 17, 40, 1000] {
            for takenAt in [1, 2, 100] {
                let (words, asked) = try run(row, chunk: chunk, takenAt: takenAt)
                #expect(words == row.delivered, "chunks of \(chunk)")
                #expect(asked == row.asked, "chunks of \(chunk)")
            }
        }
    }

    /// Every cut of a stream, then each kind of server: the whole text once.
    @Test(arguments: ["1:a 2:b 3:c 4:d 5:e done", "a b c d e done", "1:a 2:b c 4:d e done"])
    func cutAnywhere(_ whole: String) throws {
        let words = whole.split(separator: " ").map(String.init)
        let text = words.map { String($0.split(separator: ":")[$0.contains(":") ? 1 : 0]) }.joined(separator: " ")
        for first in 0..<words.count {
            for second in 0..<words.count {
                let cut = [words[..<first], words[..<second], words[...]].map { $0.joined(separator: " ") }
                let row = Row("", cut, text, asked: [])
                #expect(try run(row, chunk: 5, takenAt: 3).0 == text, "\(cut)")
            }
        }
    }

    @Test func aLongRepetitionTakesNoMemory() throws {
        let stream = Array(Self.stream((1...2000).map { "\($0):x" }.joined(separator: " ")).utf8)
        var (parser, filter, batch) = (EventParser(), ReplayFilter(), EventBatch())
        try parser.feed(stream, into: &batch)
        filter.apply(to: &batch)
        let bytes = batch.byteCount
        for _ in 0..<5 {
            filter.beginConnection()
            parser.beginConnection(lastEventID: filter.lastEventID)
            try parser.feed(stream, into: &batch)
            filter.apply(to: &batch, from: 2000)
            #expect(batch.count == 2000)
            #expect(batch.byteCount == bytes)
        }
    }
}
