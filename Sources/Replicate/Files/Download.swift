// A file that is fetched whole: its bytes go to disk, or into memory, as they come; or it is an error, and there is no file.

public struct Download: Sendable {
    /// Nil when the bytes were saved.
    public var bytes: [UInt8]?
    public var size: Int64
    /// As the server called it.
    public var type: String?

    /// {"size", "content_type"}
    public var json: JSON {
        var text = Array("{\"size\":\(size)".utf8)
        if let type { text += Array(",\"content_type\":".utf8) + JSONString.quoted(type) }
        text.append(UInt8(ascii: "}"))
        return (try? JSON(validating: text)) ?? .true
    }
}

/// Takes a piece of a file, and may be long about it: the transfer waits meanwhile.
public typealias DeliverBytes = @Sendable ([UInt8]) async throws(ReplicateError) -> Void

extension Client {
    /// GET /files/{id}/download, by a signed link; into the file at `path`, or into memory.
    public func downloadFile(_ arguments: [String], to path: String?, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> Download
    {
        let call = try self.call(.filesDownload, arguments, nil, options)
        let patience = configuration.patience.changed(by: options)
        let fetch = Fetch(
            url: configuration.base.text + call.path, headers: call.headers, patience: patience,
            deadline: await transferDeadline(patience))
        return try await download(fetch, to: path, onUpdate)
    }

    func download(_ fetch: Fetch, to path: String?, _ onUpdate: Observer?) async throws(ReplicateError) -> Download {
        var fetch = fetch
        fetch.limit = fetch.patience.largestDownload ?? .max
        fetch.expected = fetch.patience.expectedSize
        guard let path else {
            fetch.limit = min(fetch.limit, MemorySink.most)
            var memory = MemorySink()
            let progress = try await self.fetch(fetch, into: &memory, onUpdate)
            return Download(bytes: memory.bytes, size: progress.size, type: progress.type)
        }
        var file = try LaterFile(path: path)
        let progress = try await self.fetch(fetch, into: &file, onUpdate)
        try file.commit()
        return Download(bytes: nil, size: progress.size, type: progress.type)
    }
}

/// Bytes that are given away as they come: none twice, and none of another file than the first.
struct ChunkSink: ByteSink {
    let deliver: DeliverBytes
    private var count: Int64 = 0

    init(_ deliver: @escaping DeliverBytes) { self.deliver = deliver }

    mutating func write(_ bytes: [UInt8]) async throws(ReplicateError) {
        count += Int64(bytes.count)
        try await deliver(bytes)
    }

    func restart() throws(ReplicateError) {
        throw ReplicateError(
            .truncated, "the transfer broke after \(count) bytes, and the server cannot go on where it was")
    }
}

struct MemorySink: ByteSink {
    /// Where the program sets no limit.
    static let most: Int64 = 1 << 30

    private(set) var bytes: [UInt8] = []

    mutating func write(_ more: [UInt8]) { bytes += more }
    mutating func restart() { bytes = [] }
}
