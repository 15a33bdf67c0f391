// Reads a stream of server-sent events (the WHATWG's HTML standard, section 9.2) from chunks cut anywhere. No I/O and no
// clock. A line that is whole inside its chunk is read where it stands; only the last, unfinished one is copied.

struct EventParser: Sendable {
    enum Failure: Error, Equatable, Sendable {
        case eventTooLarge(limit: Int)
        case idTooLong(limit: Int)
        /// The batch would hold more than 2 GiB.
        case batchFull

        var message: String {
            switch self {
            case .eventTooLarge(let limit): "an event of the stream has more than \(limit) bytes"
            case .idTooLong(let limit): "an event's id has more than \(limit) bytes"
            case .batchFull: "the events that wait to be read have more than 2 GiB"
            }
        }
    }

    static let largestEvent = 16 << 20

    /// For the type and the data collected so far together with the line that is being read; so it bounds the memory of
    /// a line without end too, even of a comment.
    let limit: Int
    private var block = EventBlock()
    private var unfinished: [UInt8] = []
    private var isFirstLine = true
    /// The last chunk ended with CR: an LF that comes next belongs to it.
    private var skipsLineFeed = false
    private var failure: Failure?

    init(limit: Int = EventParser.largestEvent) { self.limit = max(0, limit) }

    /// The id to ask the server to go on from; empty when there is none.
    var lastEventID: [UInt8] { block.lastEventID }
    /// How long the server asked to wait before a new connection.
    var retryMilliseconds: Int? { block.retryMilliseconds }
    /// Whether a line or an event has begun that has not ended: at the end of a stream it is lost. A comment is no loss.
    var hasPartialEvent: Bool {
        !block.isEmpty || !(unfinished.isEmpty || unfinished.first == UInt8(ascii: ":"))
    }

    /// Adds the events that end in these bytes. Events before a failure are in the batch; after it nothing more is read.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, into batch: inout EventBatch) throws(Failure) {
        if let failure { throw failure }
        do throws(Failure) {
            try read(bytes, into: &batch)
        } catch {
            failure = error
            unfinished = []
            throw error
        }
    }

    /// The stream comes anew, from behind the event of this id: by default the last one read. What was unfinished is
    /// dropped; `retry` and the id stay in force, as in browsers.
    mutating func beginConnection(lastEventID id: [UInt8]? = nil) {
        block.restart(lastEventID: id ?? lastEventID)
        unfinished.removeAll(keepingCapacity: true)
        isFirstLine = true
        skipsLineFeed = false
        failure = nil
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, into batch: inout EventBatch) throws(Failure) {
        guard !bytes.isEmpty else { return }
        var start = skipsLineFeed && bytes[0] == LineEnds.lineFeed ? 1 : 0
        skipsLineFeed = false
        var ends = LineEnds(in: bytes)
        while let end = ends.next(from: start) {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if unfinished.isEmpty { try take(line, into: &batch) } else { try finish(line, into: &batch) }
            start = end + 1
            guard bytes[end] == LineEnds.carriageReturn else { continue }
            if start == bytes.count {
                skipsLineFeed = true
            } else if bytes[start] == LineEnds.lineFeed {
                start += 1
            }
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        try check(unfinished.count + rest.count)
        unfinished.append(contentsOf: rest)
    }

    /// A line whose beginning came in earlier chunks.
    private mutating func finish(_ end: UnsafeRawBufferPointer, into batch: inout EventBatch) throws(Failure) {
        var line: [UInt8] = []
        swap(&line, &unfinished)
        line.append(contentsOf: end)
        try line.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try take(UnsafeRawBufferPointer(bytes), into: &batch)
        }
        guard line.capacity <= EventBlock.keptCapacity else { return }
        line.removeAll(keepingCapacity: true)
        swap(&line, &unfinished)
    }

    private mutating func take(_ line: UnsafeRawBufferPointer, into batch: inout EventBatch) throws(Failure) {
        // A blank line is checked too: repaired text is longer than what came.
        try check(line.count)
        var line = line
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeRawBufferPointer(rebasing: line[3...]) }
        }
        if line.isEmpty {
            guard block.end(into: &batch) else { throw .batchFull }
        } else {
            try block.take(line)
        }
    }

    private func check(_ lineCount: Int) throws(Failure) {
        guard block.byteCount + lineCount <= limit else { throw .eventTooLarge(limit: limit) }
    }
}
