// Holds the uploaded files until they expire or have to give way.

actor FileStore {
    /// Bytes of all files together.
    private let capacity: Int
    private var records: [String: FileRecord] = [:]
    private var oldestFirst: [String] = []
    private var size = 0
    private var lastMoment = Timestamp(microseconds: 0)

    init(capacity: Int = 512 << 20) { self.capacity = capacity }

    func create(_ form: Multipart, at now: Timestamp = PredictionStore.now()) throws(Problem) -> FileRecord {
        removeExpired(at: now)
        lastMoment = max(now, lastMoment.next)
        let record = try FileRecord(form, id: PredictionID.random(), createdAt: lastMoment)
        while size + record.content.count > capacity, let oldest = oldestFirst.first { remove(oldest) }
        records[record.id] = record
        oldestFirst.append(record.id)
        size += record.content.count
        return record
    }

    func file(_ id: String, at now: Timestamp = PredictionStore.now()) throws(Problem) -> FileRecord {
        removeExpired(at: now)
        guard let record = records[id] else { throw .unknownFile }
        return record
    }

    func delete(_ id: String, at now: Timestamp = PredictionStore.now()) throws(Problem) {
        remove(try file(id, at: now).id)
    }

    /// Newest first.
    func page(_ cursor: Cursor?, limit: Int, at now: Timestamp = PredictionStore.now()) -> Listing<FileRecord> {
        removeExpired(at: now)
        return Listing(oldestFirst.reversed().compactMap { records[$0] }, at: cursor, limit: limit) {
            Int(-$0.createdAt.microseconds)
        }
    }

    private func removeExpired(at now: Timestamp) {
        while let id = oldestFirst.first, let record = records[id], record.expiresAt <= now { remove(id) }
    }

    private func remove(_ id: String) {
        size -= records.removeValue(forKey: id)?.content.count ?? 0
        oldestFirst.removeAll { $0 == id }
    }
}
