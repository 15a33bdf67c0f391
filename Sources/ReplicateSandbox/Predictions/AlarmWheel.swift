// Many alarms that mostly never go off, in buckets of one tick: setting and removing one costs the same however many wait.

struct AlarmWheel<Entry: Hashable & Sendable>: Sendable {
    private var buckets: [Int: Set<Entry>] = [:]
    private var passed = 0

    /// An alarm for a tick that has passed goes off at the next one. Returns the tick that `remove` needs.
    mutating func set(_ entry: Entry, at tick: Int) -> Int {
        let tick = max(tick, passed + 1)
        buckets[tick, default: []].insert(entry)
        return tick
    }

    mutating func remove(_ entry: Entry, at tick: Int) {
        buckets[tick]?.remove(entry)
        if buckets[tick]?.isEmpty == true { buckets[tick] = nil }
    }

    /// Everything up to and including `tick`.
    mutating func due(through tick: Int) -> [Entry] {
        var due: [Entry] = []
        while passed < tick {
            passed += 1
            if let bucket = buckets.removeValue(forKey: passed) { due += bucket }
        }
        return due
    }
}
