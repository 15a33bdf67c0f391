// One event may be large, up to a limit; what does not end stops there, however it is cut, and memory with it.

import Testing

@testable import Replicate

struct EventParserLimitTests {
    /// The events before the failure, and the failure.
    private func failing(_ bytes: [UInt8], limit: Int, cutAt cuts: [Int]) -> ([StreamEvent], EventParser.Failure?) {
        var parser = EventParser(limit: limit)
        var batch = EventBatch()
        do {
            try parser.feed(bytes, cutAt: cuts, into: &batch)
            return (batch.events, nil)
        } catch {
            return (batch.events, error as? EventParser.Failure)
        }
    }

    @Test(
        // Each with the size that just fits; behind it comes a small event.
        arguments: [
            ("data: 789\n\n", 9), ("data: 78\ndata: 45678\n\n", 13), ("data: 78\r\n: 345678\r\n\r\n", 10),
            ("event: 89\ndata: 345678\n\n", 14), (": 3456789\n", 9), ("\u{FEFF}data: 789\n\n", 12), ("no field\n", 8),
            ("data\ndata\ndata\ndata\ndata\n\n", 7), ("event: a\nevent: 34567890\nevent: b\n\n", 16),
        ])
    func theLimitIsTheSameForEveryCut(_ stream: String, _ size: Int) {
        let bytes = Array((stream + "data: 1\n\n").utf8)
        let ways = [[], Array(bytes.indices)] + bytes.indices.map { [$0] }
        for cuts in ways {
            #expect(failing(bytes, limit: size, cutAt: cuts).1 == nil, "\(cuts)")
            let (events, failure) = failing(bytes, limit: size - 1, cutAt: cuts)
            #expect(failure == .eventTooLarge(limit: size - 1), "\(cuts)")
            #expect(events == [], "\(cuts)")
        }
    }

    @Test func repairedTextCountsAsItIsKept() {
        let stream = Array("data:".utf8) + [0xFF, 0xFF, 0xFF] + Array("\n\n".utf8)
        #expect(failing(stream, limit: 9, cutAt: []).1 == nil)
        #expect(failing(stream, limit: 8, cutAt: []).1 == .eventTooLarge(limit: 8))
    }

    @Test func theLimitIsForOneEvent() throws {
        var parser = EventParser(limit: 20)
        var batch = EventBatch()
        for _ in 0..<1000 { try parser.feed("event: output\ndata: x\n\n".utf8, into: &batch) }
        #expect(batch.count == 1000)
    }

    @Test func afterAFailureNothingIsReadUntilANewConnection() throws {
        var parser = EventParser(limit: 10)
        var batch = EventBatch()
        let failure = EventParser.Failure.eventTooLarge(limit: 10)
        #expect(throws: failure) { try parser.feed("data: 12345678\n\n".utf8, into: &batch) }
        #expect(throws: failure) { try parser.feed("\n\ndata: x\n\n".utf8, into: &batch) }
        #expect(batch.isEmpty)
        #expect(failure.message == "an event of the stream has more than 10 bytes")
        parser.beginConnection()
        try parser.feed("data: x\n\n".utf8, into: &batch)
        #expect(batch.events == [StreamEvent("x")])
    }

    @Test(arguments: [8192, 8193])
    func idsAreShort(_ length: Int) throws {
        var parser = EventParser()
        var batch = EventBatch()
        let stream = "id: " + String(repeating: "7", count: length) + "\ndata: x\n\n"
        if length <= 8192 {
            try parser.feed(stream.utf8, into: &batch)
            #expect(batch.id(at: 0)?.count == length)
        } else {
            #expect(throws: EventParser.Failure.idTooLong(limit: 8192)) { try parser.feed(stream.utf8, into: &batch) }
        }
    }

    @Test func oneLineOfTenMegabytes() throws {
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 16384)
        var parser = EventParser()
        var batch = EventBatch()
        try parser.feed("data: ".utf8, into: &batch)
        for _ in 0..<640 { try parser.feed(chunk, into: &batch) }
        #expect(batch.isEmpty)
        try parser.feed("\n\n".utf8, into: &batch)
        let data = try #require(batch.data(at: 0))
        #expect(data.count == 640 * 16384)
        #expect(data.last == UInt8(ascii: "x"))
    }

    @Test func aLineWithoutEndStopsAtTheLimit() {
        for beginning in ["data: ", ": ", "", "unknown: "] {
            let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            var parser = EventParser()
            var batch = EventBatch()
            var fed = 0
            let failure = #expect(throws: EventParser.Failure.self) {
                try parser.feed(beginning.utf8, into: &batch)
                while fed < 100 {
                    try parser.feed(chunk, into: &batch)
                    fed += 1
                }
            }
            #expect(failure == .eventTooLarge(limit: 16 << 20))
            #expect(fed == (beginning.isEmpty ? 16 : 15))
        }
    }

    /// In time that grows with the square of the length, these would take hours.
    @Test(.timeLimit(.minutes(2)), arguments: ["x", "data\n", ":\r", "\n", "\r", "id:1\r\n"])
    func aMillionChunksOfFewBytes(_ piece: String) throws {
        let bytes = Array(piece.utf8)
        var parser = EventParser()
        var batch = EventBatch()
        try bytes.withUnsafeBytes { bytes in
            for _ in 0..<1_000_000 { try parser.feed(bytes, into: &batch) }
        }
        #expect(batch.isEmpty)
    }

    /// The same for one large chunk in which one kind of line end is near and the other far, or missing.
    @Test(.timeLimit(.minutes(10)), arguments: ["\n", "\r"], ["", "\n", "\r"])
    func aLargeChunkOfShortLines(_ end: String, _ last: String) {
        let chunk = Array((String(repeating: end, count: 3_000_000) + last).utf8)
        let sum = chunk.withUnsafeBytes { chunk in
            var ends = LineEnds(in: chunk)
            var sum = 0
            while let end = ends.next(from: sum) { sum = end + 1 }
            return sum
        }
        #expect(sum == chunk.count)
    }
}
