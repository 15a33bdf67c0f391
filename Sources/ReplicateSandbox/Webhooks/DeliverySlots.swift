// How many webhooks are under way at once: in all, and to one receiver, so that one that hangs leaves room for the others.

actor DeliverySlots {
    private struct Place {
        var receiver: String
        var continuation: CheckedContinuation<Bool, Never>
    }

    private let limit: Int
    private let receiverLimit: Int
    private var taken: [String: Int] = [:]
    private var count = 0
    private var queue: [Place] = []
    private var isClosed = false

    init(limit: Int = 128, perReceiver receiverLimit: Int = 8) {
        self.limit = limit
        self.receiverLimit = receiverLimit
    }

    /// How many wait.
    var waiting: Int { queue.count }

    /// Waits for a slot; false where the server ends.
    func take(_ receiver: String) async -> Bool {
        if isClosed { return false }
        if hasRoom(receiver) {
            add(receiver)
            return true
        }
        return await withCheckedContinuation { queue.append(Place(receiver: receiver, continuation: $0)) }
    }

    func give(_ receiver: String) {
        count -= 1
        let left = (taken[receiver] ?? 0) - 1
        taken[receiver] = left > 0 ? left : nil
        guard let next = queue.firstIndex(where: { hasRoom($0.receiver) }) else { return }
        let place = queue.remove(at: next)
        add(place.receiver)
        place.continuation.resume(returning: true)
    }

    func close() {
        isClosed = true
        for place in queue { place.continuation.resume(returning: false) }
        queue = []
    }

    private func hasRoom(_ receiver: String) -> Bool { count < limit && (taken[receiver] ?? 0) < receiverLimit }

    private func add(_ receiver: String) {
        count += 1
        taken[receiver, default: 0] += 1
    }
}
