// Which sleeper is due when: a binary heap by instant, then by age. It holds no clock and wakes nobody.

struct TimerQueue {
    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        let instant: Instant
        let id: UInt64

        func precedes(_ other: Entry) -> Bool {
            instant == other.instant ? id < other.id : instant < other.instant
        }
    }

    private var heap: [Entry] = []
    /// When each is due. An entry of the heap that says otherwise is an old one.
    private var waiting: [UInt64: Instant] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    /// When the next timer is due. Removed timers at the top are dropped on the way.
    mutating func next() -> Instant? {
        while let top = heap.first {
            if waiting[top.id] == top.instant { return top.instant }
            removeTop()
        }
        return nil
    }

    /// A timer that is waiting already is due at the new time instead.
    mutating func add(_ id: UInt64, at instant: Instant) {
        guard waiting.updateValue(instant, forKey: id) != instant else { return }
        heap.append(Entry(instant: instant, id: id))
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// True if it was waiting. Its entry stays in the heap until it comes up, or until such entries are the majority.
    mutating func remove(_ id: UInt64) -> Bool {
        guard waiting.removeValue(forKey: id) != nil else { return false }
        if heap.count > 64, heap.count > waiting.count * 2 {
            let live = heap.filter { waiting[$0.id] == $0.instant }.sorted { $0.precedes($1) }
            heap = live  // A sorted array is a heap.
        }
        return true
    }

    /// Takes out all that are due, the earliest first.
    mutating func takeDue(_ now: Instant) -> [UInt64] {
        var due: [UInt64] = []
        while let instant = next(), instant <= now, let top = heap.first {
            due.append(top.id)
            waiting[top.id] = nil
            removeTop()
        }
        return due
    }

    private mutating func removeTop() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[smallest]) { smallest = child }
            }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
