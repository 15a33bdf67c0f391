// After a new connection, drops the events that the server sends once more. A server that knows Last-Event-ID sends
// none; others begin anew, and the caller must not read the beginning of a text twice.
//
// It does not keep the ids, of which there may be millions, but how many events were delivered and the first and last
// id among them. That tells these cases apart, by the first event of the new connection:
//
// - There was no id to ask with, so everything comes again. As many as were delivered go.
// - It has the very first id: the server has ignored Last-Event-ID and everything comes again, likewise.
// - It has the last id: the server begins with the event it should begin behind. As many go as were delivered under it.
// - Anything else is the rest of the stream. A replay from the middle looks the same and is let through: better a word
//   twice than a word lost.
//
// `done` is always let through, and ends the dropping: it ends the stream, so it cannot have been delivered before.

struct ReplayFilter: Sendable {
    private enum Mode: Sendable {
        case passing
        /// The first event of a connection decides.
        case deciding
        case dropping(Int)
    }

    private var mode = Mode.passing
    /// Events that were not repetitions, on all connections: when it has not grown, a connection brought nothing new.
    private(set) var deliveredCount = 0
    /// How many of them came under the last id: those behind it may have none of their own.
    private var deliveredUnderLastID = 0
    /// Nil when the first event had none.
    private var firstID: [UInt8]?

    /// Of the last delivered event: what to send as Last-Event-ID, if not empty. The parser's own goes back to early ids
    /// while a server repeats itself; a connection that is cut in the middle of that must not ask for them.
    private(set) var lastEventID: [UInt8] = []

    mutating func beginConnection() { mode = deliveredCount == 0 ? .passing : .deciding }

    /// Takes the repeated events out of the batch, of which the events before `start` have been looked at already.
    mutating func apply(to batch: inout EventBatch, from start: Int = 0) {
        var end = start
        while end < batch.count, isRepeated(batch, end) { end += 1 }
        if end > start { batch.remove(start..<end) }
        count(batch, from: start)
    }

    private mutating func isRepeated(_ batch: EventBatch, _ index: Int) -> Bool {
        if case .deciding = mode {
            let repeated = repeatedCount(batch, index)
            mode = repeated > 0 ? .dropping(repeated) : .passing
        }
        guard case .dropping(let left) = mode else { return false }
        if left == 0 || batch.event(at: index).map(EventBlock.isDone) == true {
            mode = .passing
            return false
        }
        mode = .dropping(left - 1)
        return true
    }

    private func repeatedCount(_ batch: EventBatch, _ index: Int) -> Int {
        if lastEventID.isEmpty { return deliveredCount }
        guard let entry = batch[index], entry.hasOwnID, let id = batch.id(at: index) else { return 0 }
        if let firstID, id.elementsEqual(firstID) { return deliveredCount }
        return id.elementsEqual(lastEventID) ? deliveredUnderLastID : 0
    }

    private mutating func count(_ batch: EventBatch, from start: Int) {
        guard start < batch.count else { return }
        if deliveredCount == 0, batch[start]?.hasOwnID == true { firstID = batch.id(at: start).map(Array.init) }
        deliveredCount += batch.count - start
        if let owner = (start..<batch.count).last(where: { batch[$0]?.hasOwnID == true }) {
            deliveredUnderLastID = batch.count - owner
        } else {
            deliveredUnderLastID += batch.count - start
        }
        if let id = batch.id(at: batch.count - 1) { lastEventID = Array(id) }
    }
}
