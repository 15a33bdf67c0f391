// Holds the uploaded files until they expire or have to give way.

actor FileStore {
    /// What the service takes: 100 MiB a file.
    static let usualLimit = 100 << 20

    /// Of the longest file that is taken.
    nonisolated let limit: Int
    nonisolated let now: @Sendable () -> Timestamp
    /// Bytes of all files together.
    private let capacity: Int
    private var records: [String: FileRecord] = [:]
    private var oldestFirst: [String] = []
    private var size = 0
    private var lastMoment = Timestamp(microseconds: 0)

    init(
        limit: Int = usualLimit, capacity: Int = 512 << 20,
        now: @escaping @Sendable () -> Timestamp = { PredictionStore.now() }
    ) {
        self.limit = limit
        self.capacity = max(capacity, limit)
        self.now = now
    }

    func create(_ upload: Upload) -> FileRecord {
        removeExpired()
        lastMoment = max(now(), lastMoment.next)
        let record = FileRecord(id: PredictionID.random(), upload: upload, createdAt: lastMoment)
        while size + upload.content.count > capacity, let oldest = oldestFirst.first { remove(oldest) }
        records[record.id] = record
        oldestFirst.append(record.id)
        size += upload.content.count
        return record
    }

    func file(_ id: String) throws(Problem) -> FileRecord {
        removeExpired()
        guard let record = records[id] else { throw .unknownFile }
        return record
    }

    func delete(_ id: String) throws(Problem) {
        remove(try file(id).id)
    }

    /// Newest first.
    func page(_ cursor: Cursor?, limit: Int) -> Listing<FileRecord> {
        removeExpired()
        return Listing(oldestFirst.reversed().compactMap { records[$0] }, at: cursor, limit: limit) {
            Int(-$0.createdAt.microseconds)
        }
    }

    private func removeExpired() {
        let now = now()
        while let id = oldestFirst.first, let record = records[id], record.expiresAt <= now { remove(id) }
    }

    private func remove(_ id: String) {
        size -= records.removeValue(forKey: id)?.upload.content.count ?? 0
        oldestFirst.removeAll { $0 == id }
    }
}
