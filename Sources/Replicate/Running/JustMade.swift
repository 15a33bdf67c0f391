// What a client has created in the last few seconds. A service of many machines may not know everywhere yet what one of them has
// just answered: for so long "not found" is no answer. No clock, no I/O.

struct JustMade: Sendable {
    static let time: Duration = .seconds(5)
    /// Of more than so many in that time the oldest may be forgotten, and ids longer than those of any service are never kept.
    static let mostKept = 65_536
    static let longestID = 128

    /// Until when each is new. What was added before the last turn is in `older`, and goes at the next.
    private var recent: [String: ContinuousClock.Instant] = [:]
    private var older: [String: ContinuousClock.Instant] = [:]
    private var turn: ContinuousClock.Instant?

    mutating func add(_ id: String, at now: ContinuousClock.Instant) {
        guard id.utf8.count <= Self.longestID else { return }
        if turn.map({ $0 <= now }) ?? true || recent.count == Self.mostKept {
            older = recent
            recent = [:]
            turn = now + Self.time
        }
        recent[id] = now + Self.time
    }

    func has(_ id: String, at now: ContinuousClock.Instant) -> Bool {
        (recent[id] ?? older[id]).map { now < $0 } ?? false
    }
}

extension Network {
    func wasMade(_ answer: JSON) {
        if let id = answer["id"]?.string { justMade.add(id, at: now()) }
    }

    func isJustMade(_ id: String) -> Bool { justMade.has(id, at: now()) }
}
