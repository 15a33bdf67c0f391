// R30 and R31 of the table of promises, with their figures: Tests/swift-rows says how many splits (REPLICATE_SPLITS) and collects
// the lines. Without it only what is beside this runs: the tables in every piecework, and few splits.

import Glibc
import Testing

@testable import Replicate

@Suite(.enabled(if: getenv("REPLICATE_SPLITS") != nil, "long"))
struct StreamRowsTests {
    private static func row(_ name: String, _ demanded: String, _ measured: String, _ isRight: Bool) {
        print("row\t\(name)\t\(demanded)\t\(measured)\t\(isRight ? "ok" : "missed")")
    }

    /// The table, and broken UTF-8 in data, as (bytes, events).
    private static var cases: [(bytes: [UInt8], events: [StreamEvent])] {
        let texts = EventParserTextTests.rows.map { row in
            (bytes: Array("data: ".utf8) + row.bytes + Array("\n\n".utf8), events: [StreamEvent(row.text)])
        }
        return StreamRow.all.map { (bytes: Array($0.stream.utf8), events: $0.events) } + texts
    }

    @Test func tables() throws {
        var generator = SeededGenerator(seed: 30)
        let cases = Self.cases
        var (wrong, readings) = (0, 0)
        for (bytes, events) in cases {
            let pieces = (0..<20).map { _ in EventParserRandomTests.cuts(bytes.count, &generator) }
            let whole: [[Int]] = [[], Array(bytes.indices)]
            let everywhere: [[Int]] = bytes.indices.map { [$0] }
            for cuts in whole + everywhere + pieces {
                readings += 1
                if try parsed(bytes, cutAt: cuts).events != events { wrong += 1 }
            }
        }
        Self.row(
            "R30", "tables of event streams by the WHATWG's rules: whole, byte by byte, cut at each byte, in random pieces",
            "\(cases.count) streams, \(readings) readings, \(wrong) wrong", wrong == 0)
        #expect(wrong == 0)
    }

    @Test func splits() throws {
        let demanded = getenv("REPLICATE_SPLITS").flatMap { Int(String(cString: $0)) } ?? 1000
        var generator = SeededGenerator(seed: 31)
        let streamCount = 500
        var (differences, splits, eventCount) = (0, 0, 0)
        for _ in 0..<streamCount {
            let bytes = EventParserRandomTests.stream(&generator)
            let expected = ReferenceStream(bytes)
            eventCount += expected.events.count
            for _ in 0..<max(1, demanded / streamCount) {
                let cuts = EventParserRandomTests.cuts(bytes.count, &generator)
                let (events, parser) = try parsed(bytes, cutAt: cuts)
                splits += 1
                let isSame =
                    events == expected.events && parser.lastEventID == Array(expected.lastEventID.utf8)
                    && parser.retryMilliseconds == expected.retry
                if !isSame { differences += 1 }
            }
        }
        Self.row(
            "R31", "1,000,000 random splits of 500 generated streams: events, last id and retry as by the WHATWG's rule",
            "\(splits) splits of \(streamCount) streams with \(eventCount) events, seed 31: \(differences) differences",
            differences == 0 && splits >= 1_000_000)
        #expect(differences == 0 && eventCount > streamCount)
    }
}
