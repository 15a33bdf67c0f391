// One reader of a stream. It takes what the prediction holds, piece by piece as the client takes it, and keeps nothing
// itself: a slow client costs nothing, and one that is gone leaves nothing behind.

import FlyingSocks

struct EventFeed: AsyncBufferedSequence {
    typealias Element = UInt8

    /// Why a connection ends in the middle of a stream: it was to be dropped, or the prediction is not there any more.
    struct Broken: Error {}

    /// Events that are due together go out together, up to here.
    static let batchBytes = 65536

    let store: PredictionStore
    let id: String
    let position: Int
    let dropAfter: Int?
    /// The URL under which the prediction's files are served.
    let folder: String
    /// How long nothing may happen: a comment then shows that the connection lives, on both sides.
    let keepAliveSeconds: Double

    func makeAsyncIterator() -> Iterator { Iterator(feed: self, position: position, left: dropAfter ?? .max) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let feed: EventFeed
        var position: Int
        /// How many events may come before the connection is dropped.
        var left: Int
        private var hasBegun = false
        private var isComplete = false
        private var bytes: ArraySlice<UInt8> = []

        init(feed: EventFeed, position: Int, left: Int) {
            self.feed = feed
            self.position = position
            self.left = left
        }

        /// Everything that is due by now; waits where nothing is.
        mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
            if isComplete { return nil }
            if !hasBegun {
                hasBegun = true
                return Array(": hi\n\n".utf8)
            }
            if left == 0 { throw Broken() }
            let batch = await feed.store.events(
                feed.id, from: position, limit: left, bytes: EventFeed.batchBytes, folder: feed.folder,
                within: feed.keepAliveSeconds)
            guard let batch else { throw Broken() }
            position += batch.count
            left -= batch.count
            isComplete = batch.isLast
            if batch.count == 0 { return batch.isLast ? nil : Array(":\n\n".utf8) }
            return batch.text
        }

        mutating func next() async throws -> UInt8? {
            if bytes.isEmpty { bytes = try await nextBuffer(suggested: EventFeed.batchBytes)?[...] ?? [] }
            return bytes.popFirst()
        }
    }
}
