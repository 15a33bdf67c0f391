// Requests that are not under way yet, in the order they came. libcurl takes any number, but one that waits in there for a
// connection has its handle and buffers already: some 20 kB, where ten thousand may wait.

struct WaitingLine<Item> {
    /// So many are under way at once.
    var limit: Int
    private(set) var running = 0
    private var items: [UInt64: Item] = [:]
    private var order: [UInt64] = []
    private var first = 0

    /// So many are in the line.
    var count: Int { items.count }

    init(limit: Int) { self.limit = limit }

    mutating func add(_ id: UInt64, _ item: Item) {
        items[id] = item
        order.append(id)
    }

    /// Takes one out of the line; nil if it is not in it.
    mutating func remove(_ id: UInt64) -> Item? { items.removeValue(forKey: id) }

    /// The next one that may go, if any; it counts as under way from then on.
    mutating func next() -> Item? {
        while running < limit, first < order.count {
            let item = items.removeValue(forKey: order[first])
            first += 1
            if first > 512, first * 2 > order.count {
                order.removeFirst(first)
                first = 0
            }
            guard let item else { continue }
            running += 1
            return item
        }
        return nil
    }

    /// One that was under way is over.
    mutating func ended() { running -= 1 }
}
