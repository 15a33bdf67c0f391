// A file that a program gives: a path or an open file, read from disk while it is sent, or bytes.

import Glibc

public struct UploadFile: Sendable {
    enum Content: Sendable {
        case path(String)
        case open(OpenFile)
        case bytes([UInt8])
    }

    let content: Content
    public let size: Int64
    private(set) var name: String
    private var givenType: String?

    var type: String { givenType ?? MIMEType.of(fileName: name) }

    /// Throws if there is no file to read. What is there when it is sent is what goes out.
    public init(path: String) throws(ReplicateError) {
        try CallerText.check(path, "path", atMost: CallerText.longestPath)
        guard !path.isEmpty else { throw ReplicateError(.invalidInput, "path is empty") }
        var status = stat()
        guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
            throw ReplicateError(
                .invalidInput, "\(CallerText.shown(path)) cannot be read: \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ReplicateError(.invalidInput, "\(CallerText.shown(path)) is not a file with an end")
        }
        content = .path(FilePath.absolute(path))
        size = Int64(status.st_size)
        name = FileName.of(path: path)
    }

    /// All of a file that is open, from its first byte on, wherever the descriptor stands. It may be closed then.
    public init(descriptor: Int32) throws(ReplicateError) {
        let file = try OpenFile(duplicating: descriptor)
        var status = stat()
        guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ReplicateError(.invalidInput, "the open file (descriptor \(descriptor)) is not one with an end")
        }
        content = .open(file)
        size = Int64(status.st_size)
        name = file.name ?? "file"
    }

    public init(bytes: [UInt8]) {
        content = .bytes(bytes)
        size = Int64(bytes.count)
        name = "file"
    }

    public mutating func setName(_ name: String) throws(ReplicateError) {
        guard !name.isEmpty else { throw ReplicateError(.invalidInput, "a file's name is empty") }
        try CallerText.check(name, "name", atMost: CallerText.longestPath)
        self.name = FileName.cleaned(name)
    }

    public mutating func setType(_ type: String) throws(ReplicateError) {
        let isType = type.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && type.utf8.count <= 255
        guard isType, type.split(separator: "/", omittingEmptySubsequences: false).count == 2, !type.hasPrefix("/"),
            !type.hasSuffix("/")
        else {
            throw ReplicateError(.invalidInput, "\"\(CallerText.shown(type))\" is not a type such as image/png")
        }
        givenType = type
    }

    func check(_ patience: Configuration.Patience) throws(ReplicateError) {
        let size = currentSize
        guard size <= patience.largestUpload else {
            throw ReplicateError(
                .invalidInput,
                "\(name) has \(size) bytes, and \(patience.largestUpload) may be uploaded (the option max_upload_bytes, if the service takes more); a model can also be given the URL of a file"
            )
        }
    }

    /// As it is now, on disk.
    var currentSize: Int64 {
        var status = stat()
        switch content {
        case .path(let path): return stat(path, &status) == 0 ? Int64(status.st_size) : size
        case .open(let file): return fstat(file.descriptor, &status) == 0 ? Int64(status.st_size) : size
        case .bytes: return size
        }
    }

    func opened() throws(ReplicateError) -> PartReader {
        do throws(TransportFailure) {
            return try PartReader(FormPart(name: "", content: formContent))
        } catch {
            throw ReplicateError(.invalidInput, error.message)
        }
    }

    /// All of it, in memory.
    func read(_ reader: PartReader) throws(ReplicateError) -> [UInt8] {
        do throws(TransportFailure) {
            return try reader.all()
        } catch {
            throw ReplicateError(.invalidInput, error.message)
        }
    }

    private var formContent: FormPart.Content {
        switch content {
        case .path(let path): .file(path: path)
        case .open(let file): .open(file)
        case .bytes(let bytes): .bytes(bytes)
        }
    }

    /// The parts of an upload. The name and the type have parts of their own, for what a part's head cannot say.
    func parts(metadata: JSON?, onSent: FormPart.Observer? = nil) -> [FormPart] {
        return [
            FormPart(name: "content", content: formContent, fileName: name, type: type, onSent: onSent),
            FormPart(name: "filename", content: .bytes(Array(name.utf8))),
            FormPart(name: "type", content: .bytes(Array(type.utf8))),
            FormPart(
                name: "metadata", content: .bytes(metadata.map { Array($0.bytes) } ?? Array("{}".utf8)), type: "application/json"),
        ]
    }
}

extension Client {
    /// POST /files. It is sent again as a create is: only if nothing of it can have arrived, or on 429.
    public func upload(_ file: UploadFile, metadata: JSON? = nil, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> JSON
    {
        let patience = configuration.patience.changed(by: options)
        var onSent: FormPart.Observer?
        if let onUpdate {
            onSent = { [size = file.size] sent in
                if let json = try? JSON(validating: "{\"sent\":\(sent),\"total\":\(size)}") { onUpdate(json) }
            }
        }
        return try await upload(file, metadata: metadata, options, patience, by: await transferDeadline(patience), onSent)
    }

    func upload(
        _ file: UploadFile, metadata: JSON?, _ options: Options, _ patience: Configuration.Patience,
        by deadline: ContinuousClock.Instant, _ onSent: FormPart.Observer?
    ) async throws(ReplicateError) -> JSON {
        try file.check(patience)
        var call = try self.call(.filesCreate, [], nil, options)
        call.form = file.parts(metadata: metadata, onSent: onSent)
        return try await send(call, patience, by: deadline).json
    }

    /// Bytes take what they take: the idle timeout ends what stands still.
    func transferDeadline(_ patience: Configuration.Patience) async -> ContinuousClock.Instant {
        await network.now() + (patience.total ?? Configuration.transferTime)
    }
}
