// The parser against its table, in whatever pieces a stream comes; what it remembers; a new connection.

import Testing

@testable import Replicate

struct EventParserTests {
    @Test(arguments: StreamRow.all)
    func everyPieceworkIsTheSame(_ row: StreamRow) throws {
        let bytes = Array(row.stream.utf8)
        #expect(try parsed(bytes).events == row.events)
        #expect(try parsed(bytes, cutAt: Array(bytes.indices)).events == row.events, "byte by byte")
        for cut in bytes.indices {
            #expect(try parsed(bytes, cutAt: [cut]).events == row.events, "cut at \(cut)")
        }
    }

    @Test(arguments: StreamRow.all)
    func aStreamCutAnywhereGivesWhatWasWholeBefore(_ row: StreamRow) throws {
        let bytes = Array(row.stream.utf8)
        for length in bytes.indices {
            let events = try parsed(Array(bytes[..<length])).events
            #expect(events == Array(row.events.prefix(events.count)), "the first \(length) bytes")
        }
    }

    @Test func emptyChunksChangeNothing() throws {
        let bytes = Array("data: x\r\n\r\n".utf8)
        let cuts = bytes.indices.flatMap { [$0, $0] }
        #expect(try parsed(bytes, cutAt: cuts).events == [StreamEvent("x")])
    }

    @Test func anEventComesWithItsLastByte() throws {
        for (stream, last) in [("data: x\n\n", 9), ("data: x\r\n\r", 10), ("data: x\r\r", 9)] {
            let bytes = Array(stream.utf8)
            #expect(try parsed(Array(bytes[..<(last - 1)])).events == [])
            #expect(try parsed(Array(bytes[..<last])).events == [StreamEvent("x")])
        }
    }

    @Test(
        arguments: [
            ("", ""), ("data: x\n\n", ""), ("id: 1\ndata: x\n\n", "1"), ("id: 1\n", ""), ("id: 1\ndata: x\n", ""),
            ("id: 1\n\n", "1"), ("id: 1\n\nid: 2\ndata: x\n", "1"), ("id: 1\n\nid\n\n", ""), ("id: 1\n\nid: a\0\n\n", "1"),
            ("id: 1\n\nevent: a\n\n", "1"), ("id: 1\nid: 2\n\n", "2"), ("id: 🦊\n\n", "🦊"),
        ])
    func lastEventID(_ stream: String, _ id: String) throws {
        #expect(try parsed(stream).parser.lastEventID == Array(id.utf8))
    }

    @Test(
        arguments: [
            ("", nil), ("retry: 200\n", 200), ("retry:200\n", 200), ("retry: 0\n", 0), ("retry: 007\n", 7),
            ("retry: 200", nil), ("retry\n", nil), ("retry:\n", nil), ("retry: \n", nil), ("retry: 2x\n", nil),
            ("retry: -1\n", nil), ("retry: +1\n", nil), ("retry: 1.5\n", nil), ("retry: 1e3\n", nil), ("retry:  1\n", nil),
            ("retry: 1 \n", nil), ("retry: ٣\n", nil), ("retry: 0x10\n", nil), ("RETRY: 1\n", nil),
            ("retry: 1\nretry: 2\n", 2), ("retry: 1\nretry: x\n", 1), ("retry: 1\n\n\ndata: x\n\n", 1),
            ("retry: 2147483646\n", 2_147_483_646), ("retry: 2147483648\n", 2_147_483_647),
            ("retry: 99999999999999999999999999999999\n", 2_147_483_647),
        ] as [(String, Int?)])
    func retry(_ stream: String, _ milliseconds: Int?) throws {
        #expect(try parsed(stream).parser.retryMilliseconds == milliseconds)
    }

    @Test(
        arguments: [
            ("", false), ("data: x\n\n", false), ("\n", false), (": hi\n\n", false), (": hi", false), (": hi\n", false),
            ("d", true), ("data: x", true), ("data: x\n", true), ("data\n", true), ("event: a\n", true), ("event: a\n\n", false),
            ("data: x\n\nd", true), ("data: x\r\n\r", false), ("data: x\n: hi", true), ("retry: 1\n", false),
        ])
    func partialEvents(_ stream: String, _ isPartial: Bool) throws {
        #expect(try parsed(stream).parser.hasPartialEvent == isPartial)
    }

    @Test(arguments: ["data: lost", "data: lost\n", "id: 2\nevent: lost\n", "event: lost", "data: lost\r", "\u{FEFF}", "id: 2"])
    func aNewConnectionForgetsWhatWasUnfinished(_ cut: String) throws {
        var (_, parser) = try parsed("retry: 5\nid: 1\ndata: x\n\n" + cut)
        parser.beginConnection()
        #expect(!parser.hasPartialEvent)
        #expect(parser.lastEventID == Array("1".utf8))
        #expect(parser.retryMilliseconds == 5)
        var batch = EventBatch()
        try parser.feed("\u{FEFF}data: y\n\nid: 3\ndata: z\n\n".utf8, into: &batch)
        #expect(batch.events == [StreamEvent("y", id: "1"), StreamEvent("z", id: "3")])
        #expect(batch[0]?.hasOwnID == false)
    }

    @Test func aNewConnectionCanGoOnFromAnotherID() throws {
        var (_, parser) = try parsed("id: 2\ndata: x\n\n")
        parser.beginConnection(lastEventID: Array("9".utf8))
        var batch = EventBatch()
        try parser.feed("data: y\n\n".utf8, into: &batch)
        #expect(batch.events == [StreamEvent("y", id: "9")])
        #expect(parser.lastEventID == Array("9".utf8))
    }

    @Test func itIsSaidWhetherTheIDIsTheEventsOwn() throws {
        var parser = EventParser()
        var batch = EventBatch()
        let stream = "data\n\nid: 1\ndata\n\ndata\n\nid: 1\ndata\n\nid: 2\n\n\ndata\n\nid: 3\0\ndata\n\nid\ndata\n\n"
        try parser.feed(stream.utf8, into: &batch)
        #expect((0..<batch.count).map { batch[$0]?.hasOwnID } == [false, true, false, true, true, false, true])
    }
}
