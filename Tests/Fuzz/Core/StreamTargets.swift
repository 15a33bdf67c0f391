// sse: the parser of event streams against the plain reading of the standard, in any pieces.
// replay: what is read over broken connections is what a whole one brings.
// progress: the last bar in a log, against a plain reading.

@testable import Replicate

let streamTargets = [
    Target(name: "sse", run: fuzzStream), Target(name: "replay", run: fuzzReplay), Target(name: "progress", run: fuzzProgress),
]

/// All that can be seen of a parser that has read a stream.
private struct Reading: Equatable {
    var events: [StreamEvent] = []
    var ownIDs: [Bool] = []
    var failure: EventParser.Failure?
    var lastEventID: [UInt8] = []
    var retry: Int?
    var isPartial = false

    init(_ input: UnsafeRawBufferPointer, cutAt cuts: [Int], limit: Int) {
        var parser = EventParser(limit: limit)
        var batch = EventBatch()
        var start = 0
        for cut in cuts + [input.count] {
            input.withCopy(of: start..<cut) { piece in
                do throws(EventParser.Failure) {
                    try parser.feed(piece, into: &batch)
                } catch {
                    failure = error
                }
            }
            start = cut
        }
        events = batch.events
        ownIDs = (0..<batch.count).compactMap { batch[$0]?.hasOwnID }
        guard failure == nil else { return }
        lastEventID = parser.lastEventID
        retry = parser.retryMilliseconds
        isPartial = parser.hasPartialEvent
    }
}

private func fuzzStream(_ input: UnsafeRawBufferPointer) {
    var generator = SeededGenerator(seed: input.hash)
    let whole = Reading(input, cutAt: [], limit: EventParser.largestEvent)
    if whole.failure == nil {
        let reference = ReferenceStream(Array(input))
        demand(whole.events == reference.events, "\(reference.events), not \(whole.events)")
        demand(whole.lastEventID == Array(reference.lastEventID.utf8), "the last id \(reference.lastEventID)")
        demand(whole.retry == reference.retry, "retry \(String(describing: reference.retry))")
    } else {
        demand(input.count > EventBlock.longestID, "no failure of a short stream")
    }
    let few = Int.random(in: 0...64, using: &generator)
    let limited = Reading(input, cutAt: [], limit: few)
    for number in 0..<4 {
        let count = number == 0 ? 1 : Int.random(in: 1...8, using: &generator)
        var cuts = (0..<count).map { _ in Int.random(in: 0...input.count, using: &generator) }.sorted()
        if number == 3, input.count <= 256 { cuts = Array(0..<input.count) }
        let parts = Reading(input, cutAt: cuts, limit: EventParser.largestEvent)
        demand(parts == whole, "the same, cut at \(cuts): \(whole), not \(parts)")
        let limitedParts = Reading(input, cutAt: cuts, limit: few)
        demand(limitedParts == limited, "the same with the limit \(few), cut at \(cuts): \(limited), not \(limitedParts)")
    }
}

/// The input's first byte says how the server resumes, the others are events and, with the highest bit set, ends of
/// connections.
private func fuzzReplay(_ input: UnsafeRawBufferPointer) {
    guard let first = input.first, input.count <= 128 else { return }
    let isHonest = first & 1 == 1
    let hasIDs = isHonest || first & 2 == 2
    // The server's events: each is a number; the honest server's have an id of their own each.
    let events = input.dropFirst().enumerated().map { index, byte in
        var text = hasIDs && (isHonest || byte & 1 == 1) ? "id: \(index)\n" : ""
        text += "data: \(index) \(byte & 7)\n\n"
        return text
    }
    let isCut = input.dropFirst().map { $0 >= 0x80 }
    var parser = EventParser()
    var filter = ReplayFilter()
    var got: [String] = []
    var asked = 0
    // Where a connection without an end would be: each cut ends one, somewhere inside of its event.
    for end in isCut.indices.filter({ isCut[$0] }) + [events.count] {
        let start = isHonest ? asked : 0
        guard start <= end, start < events.count else { continue }
        var text = events[start..<end].joined()
        if end < events.count { text += events[end].prefix(Int(input[end + 1] >> 3 & 7)) }
        var batch = EventBatch()
        do throws(EventParser.Failure) {
            for piece in [text.prefix(7), text.dropFirst(7)] {
                let before = batch.count
                var failure: EventParser.Failure?
                Array(piece.utf8).withUnsafeBytes { bytes in
                    do throws(EventParser.Failure) { try parser.feed(bytes, into: &batch) } catch { failure = error }
                }
                if let failure { throw failure }
                filter.apply(to: &batch, from: before)
            }
        } catch {
            demand(false, "no failure of \(text)")
        }
        got += batch.events.map { $0.data.text }
        if isHonest { asked = (Int(filter.lastEventID.text) ?? -1) + 1 }
        filter.beginConnection()
        parser.beginConnection(lastEventID: filter.lastEventID)
    }
    let expected = input.dropFirst().enumerated().map { "\($0) \($1 & 7)" }
    // A stream whose first event has no id and a later one has: what comes anew cannot be told from the rest.
    if hasIDs, !isHonest, let byte = input.dropFirst().first, byte & 1 == 0 { return }
    demand(got == Array(expected.prefix(got.count)), "each event once and in order, not \(got)")
    demand(isHonest || got.count == expected.count, "all \(expected.count) events, not \(got.count)")
}

private func fuzzProgress(_ input: UnsafeRawBufferPointer) {
    let found = Progress(logs: input)
    let expected = ReferenceProgress.last(in: Array(input))
    demand(found?.current == expected?.current && found?.total == expected?.total, "\(String(describing: expected))")
    demand(found?.fraction == expected.map { Double($0.percent) / 100 }, "the fraction of \(String(describing: expected))")
    if let found { demand((0...1).contains(found.fraction) && found.current >= 0 && found.total >= 0, "a share of a whole") }
    let text = String(decoding: input, as: UTF8.self)
    demand(Progress(logs: text)?.total == found?.total, "the same of the text")
}

/// A second reading of logs, from the front and with no thought of speed.
struct ReferenceProgress {
    let percent: Int
    let current: Int64
    let total: Int64

    static func last(in logs: [UInt8]) -> ReferenceProgress? {
        let lines = logs.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
        return lines.compactMap { first(in: Array($0)) }.last
    }

    private static func first(in line: [UInt8]) -> ReferenceProgress? {
        for place in line.indices where line[place] == UInt8(ascii: "%") {
            let digits = line[..<place].reversed().prefix(while: isDigit).reversed()
            let before = line[..<(place - digits.count)]
            let isLabeled = before.contains(UInt8(ascii: ":")) || before.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            if isLabeled, let bar = bar(Array(digits), Array(line[(place + 1)...])) { return bar }
        }
        return nil
    }

    private static func bar(_ percent: [UInt8], _ rest: [UInt8]) -> ReferenceProgress? {
        let parts = rest.split(separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].allSatisfy({ $0 == 0x20 }), let percent = number(percent), percent <= 100 else {
            return nil
        }
        // Up to the space or bracket behind the counts; spaces in front of them are none.
        let counts = parts[2].drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != UInt8(ascii: "[") }
        let numbers = counts.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard numbers.count == 2, let current = number(Array(numbers[0])), let total = number(Array(numbers[1])) else {
            return nil
        }
        return ReferenceProgress(percent: Int(percent), current: current, total: total)
    }

    private static func number(_ digits: [UInt8]) -> Int64? {
        digits.isEmpty || digits.count > 18 || !digits.allSatisfy(isDigit) ? nil : Int64(digits.text)
    }
}
