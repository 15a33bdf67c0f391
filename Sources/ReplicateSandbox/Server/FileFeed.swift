// A part of a file on its way to a client, piece by piece as the client takes it: a long file is never copied whole.

import FlyingSocks

struct FileFeed: AsyncBufferedSequence {
    typealias Element = UInt8

    static let pieceBytes = 1 << 17

    let content: FileContent
    let range: Range<Int>

    func makeAsyncIterator() -> Iterator { Iterator(feed: self, position: range.lowerBound) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let feed: FileFeed
        var position: Int
        private var unread: ArraySlice<UInt8> = []

        init(feed: FileFeed, position: Int) {
            self.feed = feed
            self.position = position
        }

        mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
            guard position < feed.range.upperBound else { return nil }
            let end = Swift.min(position + Swift.max(count, 1), feed.range.upperBound)
            defer { position = end }
            return feed.content.part(position..<end)
        }

        mutating func next() async throws -> UInt8? {
            if unread.isEmpty { unread = try await nextBuffer(suggested: FileFeed.pieceBytes) ?? [] }
            return unread.popFirst()
        }
    }
}
