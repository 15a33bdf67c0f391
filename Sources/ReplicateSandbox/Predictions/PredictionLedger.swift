// The predictions that are kept, in the order of their creation, and the rule by which old ones go.

struct PredictionLedger: Sendable {
    struct Limits: Sendable {
        var count = 10_000
        /// Bytes, by `Prediction.weight`.
        var weight = 256 << 20
    }

    private struct Record: Sendable {
        var prediction: Prediction
        var sequence: Int
        var weight: Int
    }

    private let limits: Limits
    private var records: [String: Record] = [:]
    private var order: [(sequence: Int, id: String)] = []  // holds gone ones too, until there are too many
    private var finished: [String] = []
    private var finishedStart = 0
    private var weight = 0
    private var nextSequence = 1

    init(limits: Limits = Limits()) { self.limits = limits }

    var count: Int { records.count }

    subscript(id: String) -> Prediction? { records[id]?.prediction }

    /// False when all that is kept is still running, so that nothing can give way.
    mutating func insert(_ prediction: Prediction) -> Bool {
        let added = prediction.weight
        while records.count >= limits.count || (weight + added > limits.weight && !records.isEmpty) {
            guard dropOldestFinished() else { return false }
        }
        records[prediction.id] = Record(prediction: prediction, sequence: nextSequence, weight: added)
        order.append((nextSequence, prediction.id))
        nextSequence += 1
        weight += added
        if order.count > 2 * records.count + 1024 { order.removeAll { records[$0.id] == nil } }
        return true
    }

    /// Changes one in place; false if there is none, or if `change` says that it changed nothing.
    mutating func update(_ id: String, _ change: (inout Prediction) -> Bool) -> Bool {
        guard let index = records.index(forKey: id), change(&records.values[index].prediction) else { return false }
        let prediction = records.values[index].prediction
        if prediction.status.isTerminal {
            finished.append(id)
            weight += prediction.weight - records.values[index].weight
            records.values[index].weight = prediction.weight
        }
        return true
    }

    func contains(where matches: (Prediction) -> Bool) -> Bool { records.values.contains { matches($0.prediction) } }

    /// The ids of what is gone then.
    mutating func remove(where matches: (Prediction) -> Bool) -> [String] {
        let ids = records.values.filter { matches($0.prediction) }.map(\.prediction.id)
        for id in ids { weight -= records.removeValue(forKey: id)?.weight ?? 0 }
        return ids
    }

    /// Newest first.
    func page(_ cursor: Cursor?, limit: Int, where matches: (Prediction) -> Bool)
        -> Listing<Prediction>
    {
        switch cursor ?? .before(.max) {
        case .before(let sequence):
            let end = order.partition { $0 < sequence }
            let found = take(limit + 1, from: order[..<end].reversed().lazy, matches)
            let newer = take(1, from: order[end...].lazy, matches)
            return Listing(
                elements: found.prefix(limit).map(\.prediction),
                next: found.count > limit ? found.dropLast().last.map { .before($0.sequence) } : nil,
                previous: newer.isEmpty ? nil : found.first.map { .after($0.sequence) })
        case .after(let sequence):
            let start = order.partition { $0 <= sequence }
            let found = take(limit + 1, from: order[start...].lazy, matches)
            let older = take(1, from: order[..<start].reversed().lazy, matches)
            let shown = found.prefix(limit)
            return Listing(
                elements: shown.reversed().map(\.prediction),
                next: older.isEmpty ? nil : shown.first.map { .before($0.sequence) },
                previous: found.count > limit ? shown.last.map { .after($0.sequence) } : nil)
        }
    }

    private func take(
        _ limit: Int, from entries: some Sequence<(sequence: Int, id: String)>, _ matches: (Prediction) -> Bool
    ) -> [Record] {
        var found: [Record] = []
        for entry in entries {
            if found.count == limit { break }
            if let record = records[entry.id], matches(record.prediction) { found.append(record) }
        }
        return found
    }

    private mutating func dropOldestFinished() -> Bool {
        guard finishedStart < finished.count else { return false }
        if let record = records.removeValue(forKey: finished[finishedStart]) { weight -= record.weight }
        finishedStart += 1
        if finishedStart > 1024, finishedStart * 2 > finished.count {
            finished.removeFirst(finishedStart)
            finishedStart = 0
        }
        return true
    }
}

extension [(sequence: Int, id: String)] {
    /// How many entries come before the first whose sequence does not satisfy `isBefore`.
    fileprivate func partition(_ isBefore: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle].sequence) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
