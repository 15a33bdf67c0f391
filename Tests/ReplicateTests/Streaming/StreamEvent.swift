// Events of a stream as values. Without the testing library: the fuzzing (Tests/Fuzz) compares them, too.

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
}
