// Generated streams, sensible and senseless, in random pieces: always what the plain reading of the standard says.

import Testing

@testable import Replicate

struct EventParserRandomTests {
    private static let pieces: [[UInt8]] =
        [
            "data", "event", "id", "retry", "data: ", "event: ", "id: ", "data:", ":", " ", "  ", "\n", "\r", "\r\n", "\n\n",
            "\r\r", "\r\n\r\n", "\n\n", "\n", "done", "event: done\n", "output", "x", "1690212292:0", "12", "é", "日本", "🦊",
            "\u{FEFF}", "\u{2028}", "\u{301}", "\0", "\ndata: ", "\rdata:", "\r\ndata\r\n", "\nid: ", "\nevent: ",
            "\n\nretry: 12\n",
            "data: token\n\n", "data: x\r\rdata: y", "event: output\nid: 7\ndata: tok\n\n",
        ].map { Array($0.utf8) } + [[0xFF], [0x80], [0xE2, 0x82], [0xF0, 0x9F], [0xED, 0xA0, 0x80], [0xEF, 0xBB], [0xC3]]

    static func stream(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = Bool.random(using: &generator) ? [] : [0xEF, 0xBB, 0xBF]
        for _ in 0..<Int.random(in: 1...100, using: &generator) {
            bytes += Self.pieces[Int.random(in: Self.pieces.indices, using: &generator)]
        }
        return bytes
    }

    static func cuts(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
        let number = Int.random(in: 1...12, using: &generator)
        return (0..<number).map { _ in Int.random(in: 0...count, using: &generator) }.sorted()
    }

    @Test(arguments: 1...10)
    func generatedStreams(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var eventCount = 0
        for _ in 0..<40 {
            let bytes = Self.stream(&generator)
            let expected = ReferenceStream(bytes)
            eventCount += expected.events.count
            let allCuts =
                [[], Array(bytes.indices)] + (0..<20).map { _ in Self.cuts(bytes.count, &generator) }
            for cuts in allCuts {
                let (events, parser) = try parsed(bytes, cutAt: cuts)
                guard events == expected.events, parser.lastEventID == Array(expected.lastEventID.utf8),
                    parser.retryMilliseconds == expected.retry
                else {
                    Issue.record("\(bytes) cut at \(cuts): \(events) instead of \(expected.events)")
                    return
                }
            }
        }
        #expect(eventCount > 100, "too few events to prove anything")
    }

    @Test func theReferenceAgreesWithTheTable() {
        for row in StreamRow.all {
            #expect(ReferenceStream(Array(row.stream.utf8)).events == row.events, "\(row.name)")
        }
    }
}
