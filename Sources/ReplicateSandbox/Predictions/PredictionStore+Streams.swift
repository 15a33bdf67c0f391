// What readers of streams get from the store.

extension PredictionStore {
    /// What a stream has from a position on; waits where it has nothing yet, and gives nothing where the time is over.
    /// Nil where the stream is not there any more, or the server ends.
    func events(
        _ id: String, from position: Int, limit: Int, bytes: Int, folder: String, within seconds: Double
    ) async -> PredictionStream.Batch? {
        func batch() -> PredictionStream.Batch? {
            guard !isClosed, let stream = prediction(id)?.stream else { return nil }
            return stream.batch(from: position, limit: limit, bytes: bytes, folder: folder)
        }
        let due = batch()
        guard let due, due.count == 0, !due.isLast else { return due }
        await wait(id, for: .news, within: seconds)
        return batch()
    }
}
