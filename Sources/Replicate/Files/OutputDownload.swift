// The bytes of one file of an output, from wherever its URL says. Nobody is told the token for it, nor the caller's headers: the
// URL is a model's word. A data: URI is decoded, without a request.

public enum OutputDestination: Sendable {
    case file(path: String)
    case memory
    case pieces(DeliverBytes)
}

extension Client {
    /// Throws for what is no file's URL.
    public func check(output url: String) throws(ReplicateError) {
        var text = url
        guard !text.isEmpty else { throw ReplicateError(.invalidInput, "url is empty") }
        guard text.withUTF8({ isFile(UnsafeRawBufferPointer($0)) }) else {
            if !url.utf8.prefix(5).elementsEqual("data:".utf8) {
                try CallerText.check(url, "url", atMost: CallerText.longestURL)
            }
            let schemes = configuration.base.origin.scheme == "http" ? "an http or https URL" : "an https URL"
            throw ReplicateError(
                .invalidInput, "url must be \(schemes) or a data: URI, not \"\(CallerText.shown(url))\"")
        }
    }

    public func downloadOutput(_ url: String, to destination: OutputDestination, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> Download
    {
        let patience = configuration.patience.changed(by: options)
        var source = source(url, patience, by: await transferDeadline(patience))
        source.expected = patience.expectedSize
        switch destination {
        case .file(let path):
            var file = try LaterFile(path: path)
            let progress = try await read(source, into: &file, onUpdate)
            try file.commit()
            return Download(bytes: nil, size: progress.size, type: progress.type)
        case .memory:
            var memory = MemorySink()
            let progress = try await read(source, into: &memory, atMost: MemorySink.most, onUpdate)
            return Download(bytes: memory.bytes, size: progress.size, type: progress.type)
        case .pieces(let deliver):
            var pieces = ChunkSink(deliver)
            source.isPaced = true
            let progress = try await read(source, into: &pieces, onUpdate)
            return Download(bytes: nil, size: progress.size, type: progress.type)
        }
    }

    func source(_ url: String, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant) -> Fetch {
        var fetch = Fetch(url: url, patience: patience, deadline: deadline)
        fetch.limit = patience.largestDownload ?? .max
        fetch.isAnonymous = true
        return fetch
    }

    func read<Sink: ByteSink>(_ source: Fetch, into sink: inout Sink, atMost limit: Int64 = .max, _ onUpdate: Observer?)
        async throws(ReplicateError) -> Fetch.Progress
    {
        var source = source
        source.limit = min(source.limit, limit)
        let isInside = source.url.withUTF8 { DataURI.looksLikeOne(UnsafeRawBufferPointer($0)) }
        return isInside ? try await decode(&source, into: &sink, onUpdate) : try await fetch(source, into: &sink, onUpdate)
    }

    private func decode<Sink: ByteSink>(_ source: inout Fetch, into sink: inout Sink, _ onUpdate: Observer?)
        async throws(ReplicateError) -> Fetch.Progress
    {
        guard let uri = source.url.withUTF8({ DataURI(UnsafeRawBufferPointer($0)) }) else {
            throw ReplicateError(.invalidInput, "the data: URI cannot be decoded")
        }
        try source.check(whole: uri.size)
        var progress = Fetch.Progress()
        progress.begin(type: uri.type, total: uri.size)
        var position = 0
        while let piece = source.url.withUTF8({ uri.piece(of: UnsafeRawBufferPointer($0), &position) }) {
            if Task.isCancelled { throw ReplicateError(.canceled, "canceled while the file was decoded") }
            guard await network.now() < source.deadline else {
                throw ReplicateError.expired(source.patience.total, "before the file was decoded")
            }
            try await sink.write(piece)
            progress.size += Int64(piece.count)
            onUpdate?(progress.json)
            await Task.yield()  // The other transfers go on meanwhile.
        }
        return progress
    }
}
