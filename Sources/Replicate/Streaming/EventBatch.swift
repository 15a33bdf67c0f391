// Many events of a stream in one piece of memory. A model's words come by the hundred thousand: a String for the type,
// the text and the id of each would cost more than reading them from the network.

public struct EventBatch: Sendable {
    /// Where an event's texts stand in the buffer. Behind each stands a NUL, which the range leaves out; a text can hold
    /// NULs of its own.
    public struct Entry: Sendable, Equatable {
        public let event: Range<Int>
        public let data: Range<Int>
        public let id: Range<Int>
        /// False when the server gave no id since the event before: the id is an earlier one, still in force.
        public let hasOwnID: Bool
    }

    /// Half the size of the ranges: there is one for each event.
    private struct Piece {
        let start: Int32
        let count: Int32

        var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
        var endWithNUL: Int { Int(start) + Int(count) + 1 }
    }

    private struct Record {
        let event: Piece
        let data: Piece
        let id: Piece
        let hasOwnID: Bool
    }

    private var bytes: [UInt8] = []
    private var records: [Record] = []

    public init() {}

    public var count: Int { records.count }
    public var isEmpty: Bool { records.isEmpty }
    /// The memory that the events take.
    public var byteCount: Int { bytes.count + records.count * MemoryLayout<Record>.stride }

    public subscript(index: Int) -> Entry? {
        guard records.indices.contains(index) else { return nil }
        let record = records[index]
        return Entry(
            event: record.event.range, data: record.data.range, id: record.id.range, hasOwnID: record.hasOwnID)
    }

    /// The event's type: "message" where the server named none.
    public func event(at index: Int) -> ArraySlice<UInt8>? { self[index].map { bytes[$0.event] } }
    public func data(at index: Int) -> ArraySlice<UInt8>? { self[index].map { bytes[$0.data] } }
    /// The last event id in force; empty when the server has given none.
    public func id(at index: Int) -> ArraySlice<UInt8>? { self[index].map { bytes[$0.id] } }

    /// The buffer that the ranges of the entries are about.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }

    /// False, and nothing is kept, when the buffer would grow past 2 GiB.
    public mutating func append(
        event: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer, hasOwnID: Bool = true
    ) -> Bool {
        let needed = bytes.count + event.count + data.count + id.count + 3
        guard needed <= Int(Int32.max) else { return false }
        // Once for all of them: a NUL that no longer fits behind a large text would have it copied.
        if needed > bytes.capacity { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
        let previous = records.last
        let record = Record(
            event: place(event, or: previous?.event), data: place(data, or: nil), id: place(id, or: previous?.id),
            hasOwnID: hasOwnID)
        records.append(record)
        return true
    }

    /// False, and nothing is taken, when the buffer would grow past 2 GiB.
    public mutating func append(contentsOf other: EventBatch) -> Bool {
        guard bytes.count + other.bytes.count <= Int(Int32.max) else { return false }
        let shift = Int32(truncatingIfNeeded: bytes.count)
        func moved(_ piece: Piece) -> Piece { Piece(start: piece.start + shift, count: piece.count) }
        bytes += other.bytes
        for record in other.records {
            records.append(
                Record(
                    event: moved(record.event), data: moved(record.data), id: moved(record.id), hasOwnID: record.hasOwnID))
        }
        return true
    }

    /// Without some of the events. When they are the last ones, their memory is free for the next.
    mutating func remove(_ range: Range<Int>) {
        let isTail = range.upperBound >= records.count
        records.removeSubrange(range.clamped(to: records.indices))
        guard isTail else { return }
        // An event's data is never shared, so nothing behind the last record's texts belongs to an earlier one.
        let end = records.last.map { max($0.event.endWithNUL, $0.data.endWithNUL, $0.id.endWithNUL) } ?? 0
        bytes.removeSubrange(end...)
    }

    public mutating func removeAll(keepingCapacity: Bool = false) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        records.removeAll(keepingCapacity: keepingCapacity)
    }

    /// The text in the buffer: where the event before has the same, as types mostly do, it is not stored again.
    private mutating func place(_ text: UnsafeRawBufferPointer, or previous: Piece?) -> Piece {
        if let previous, previous.count == text.count, holds(text, at: previous.range) { return previous }
        let start = bytes.count
        bytes.append(contentsOf: text)
        bytes.append(0)
        return Piece(start: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: text.count))
    }

    private func holds(_ text: UnsafeRawBufferPointer, at range: Range<Int>) -> Bool {
        bytes.withUnsafeBytes { text.isSame(as: UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
