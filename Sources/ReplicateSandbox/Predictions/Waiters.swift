// Who waits for something to happen to a prediction, and until when.

struct Waiters: Sendable {
    /// What lets a waiter go: the prediction's end always does.
    enum Wish: Sendable { case end, news }

    private struct Waiter: Sendable {
        var wish: Wish
        var continuation: CheckedContinuation<Void, Never>
        /// When it is let go in any case, where it has such a limit.
        var tick: Int?
    }

    struct Key: Hashable, Sendable {
        var id: String
        var number: Int
    }

    private var waiters: [String: [Int: Waiter]] = [:]
    private var nextNumber = 0

    /// How many wait for a prediction.
    func count(_ id: String) -> Int { waiters[id]?.count ?? 0 }

    /// Names the next one that is added.
    mutating func newKey(_ id: String) -> Key {
        nextNumber += 1
        return Key(id: id, number: nextNumber)
    }

    mutating func add(_ key: Key, for wish: Wish, _ continuation: CheckedContinuation<Void, Never>, until tick: Int?) {
        waiters[key.id, default: [:]][key.number] = Waiter(wish: wish, continuation: continuation, tick: tick)
    }

    mutating func release(_ key: Key) {
        waiters[key.id]?.removeValue(forKey: key.number)?.continuation.resume()
        if waiters[key.id]?.isEmpty == true { waiters[key.id] = nil }
    }

    /// Lets go who waits for less than the end, or all. Returns the alarms that are not needed any more.
    mutating func release(_ id: String, _ wish: Wish) -> [(key: Key, tick: Int)] {
        guard let all = waiters[id] else { return [] }
        let released = wish == .end ? all : all.filter { $0.value.wish == .news }
        guard !released.isEmpty else { return [] }
        let rest = all.count - released.count
        if rest == 0 { waiters[id] = nil } else { for number in released.keys { waiters[id]?[number] = nil } }
        var alarms: [(key: Key, tick: Int)] = []
        for (number, waiter) in released {
            if let tick = waiter.tick { alarms.append((Key(id: id, number: number), tick)) }
            waiter.continuation.resume()
        }
        return alarms
    }

    mutating func releaseAll() {
        for waiter in waiters.values.flatMap(\.values) { waiter.continuation.resume() }
        waiters = [:]
    }
}
