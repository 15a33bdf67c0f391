// What the tests of streams share: events as values, and a parser fed in pieces.

import Testing

@testable import Replicate

/// One event, compared byte by byte: to String, two spellings of an accented letter are one.
struct StreamEvent: Equatable, Sendable, CustomStringConvertible {
    let event: [UInt8]
    let data: [UInt8]
    let id: [UInt8]

    init(event: some Sequence<UInt8>, data: some Sequence<UInt8>, id: some Sequence<UInt8>) {
        (self.event, self.data, self.id) = (Array(event), Array(data), Array(id))
    }

    init(_ data: String, event: String = "message", id: String = "") {
        self.init(event: event.utf8, data: data.utf8, id: id.utf8)
    }

    var description: String {
        let texts = [event, data, id].map { String(decoding: $0, as: UTF8.self).debugDescription }
        return "(\(texts.joined(separator: " ")))"
    }
}

extension EventBatch {
    /// All that the batch holds; an event that it will not show is missing.
    var events: [StreamEvent] {
        (0..<count).compactMap { index in
            guard let event = event(at: index), let data = data(at: index), let id = id(at: index) else { return nil }
            return StreamEvent(event: event, data: data, id: id)
        }
    }

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
