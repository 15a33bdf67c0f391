// What a client has created in the last few seconds. A service of many machines may not know everywhere yet what one of them has
// just answered: for so long "not found" is no answer. No clock, no I/O.

struct JustMade: Sendable {
    static let time: Duration = .seconds(5)
    /// Of more than so many the oldest are forgotten, and ids longer than those of any service never kept.
    static let mostKept = 256
    static let longestID = 128

    private var made: [(id: String, until: ContinuousClock.Instant)] = []

    mutating func add(_ id: String, at now: ContinuousClock.Instant) {
        guard id.utf8.count <= Self.longestID else { return }
        // Twice as many, so that they are not moved up for each.
        if made.count == 2 * Self.mostKept { made.removeFirst(Self.mostKept) }
        made.append((id, now + Self.time))
    }

    func has(_ id: String, at now: ContinuousClock.Instant) -> Bool {
        made.suffix(Self.mostKept).contains { $0.id == id && now < $0.until }
    }
}

extension Network {
    func wasMade(_ answer: JSON) {
        if let id = answer["id"]?.string { justMade.add(id, at: now()) }
    }

    func isJustMade(_ id: String) -> Bool { justMade.has(id, at: now()) }
}
