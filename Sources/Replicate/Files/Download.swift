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
        let limit = fetch.patience.largestDownload
        guard let path else {
            var memory = MemorySink(limit: min(limit ?? .max, MemorySink.most))
            let progress = try await self.fetch(fetch, into: &memory, onUpdate)
            return Download(bytes: memory.bytes, size: progress.size, type: progress.type)
        }
        var file = LimitedSink(sink: try FileSink(path: path), limit: limit ?? .max)
        let progress = try await self.fetch(fetch, into: &file, onUpdate)
        try file.sink.commit()
        return Download(bytes: nil, size: progress.size, type: progress.type)
    }
}

struct MemorySink: ByteSink {
    /// Where the program sets no limit.
    static let most: Int64 = 1 << 30

    let limit: Int64
    private(set) var bytes: [UInt8] = []

    init(limit: Int64) { self.limit = limit }

    mutating func write(_ more: [UInt8]) throws(ReplicateError) {
        try LimitedSink<FileSink>.check(Int64(bytes.count + more.count), limit)
        bytes += more
    }

    mutating func restart() { bytes = [] }
}

struct LimitedSink<Sink: ByteSink>: ByteSink {
    var sink: Sink
    let limit: Int64
    private var size: Int64 = 0

    init(sink: Sink, limit: Int64) { (self.sink, self.limit) = (sink, limit) }

    mutating func write(_ bytes: [UInt8]) throws(ReplicateError) {
        size += Int64(bytes.count)
        try Self.check(size, limit)
        try sink.write(bytes)
    }

    mutating func restart() throws(ReplicateError) {
        size = 0
        try sink.restart()
    }

    static func check(_ size: Int64, _ limit: Int64) throws(ReplicateError) {
        guard size <= limit else {
            throw ReplicateError(.protocol, "the file has more than \(limit) bytes, which is the limit (max_download_bytes)")
        }
    }
}
