// What the tests of streams share: a parser fed in pieces.

import Testing

@testable import Replicate

extension EventBatch {
    mutating func add(_ event: StreamEvent) {
        let fitted = event.event.withUnsafeBytes { type in
            event.data.withUnsafeBytes { data in
                event.id.withUnsafeBytes { append(event: type, data: data, id: $0) }
            }
        }
        #expect(fitted)
    }
}

extension EventParser {
    mutating func feed(_ bytes: some Sequence<UInt8>, into batch: inout EventBatch) throws {
        try Array(bytes).withUnsafeBytes { try feed($0, into: &batch) }
    }

    /// Feeds the pieces between the cuts, which ascend.
    mutating func feed(_ bytes: [UInt8], cutAt cuts: [Int], into batch: inout EventBatch) throws {
        var start = 0
        for cut in cuts + [bytes.count] {
            try feed(bytes[start..<cut], into: &batch)
            start = cut
        }
    }
}

/// The events of a stream that comes in these pieces, and the parser as it is then.
func parsed(_ bytes: [UInt8], cutAt cuts: [Int] = []) throws -> (events: [StreamEvent], parser: EventParser) {
    var parser = EventParser()
    var batch = EventBatch()
    try parser.feed(bytes, cutAt: cuts, into: &batch)
    return (batch.events, parser)
}

func parsed(_ text: String) throws -> (events: [StreamEvent], parser: EventParser) { try parsed(Array(text.utf8)) }
