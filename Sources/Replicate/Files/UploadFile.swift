// A file that a program gives: a path, read from disk while it is sent, or bytes.

import Glibc

public struct UploadFile: Sendable {
    enum Content: Sendable {
        case path(String)
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
        content = .path(path)
        size = Int64(status.st_size)
        name = FileName.of(path: path)
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

    /// The parts of an upload. The name and the type have parts of their own, for what a part's head cannot say.
    func parts(metadata: JSON?, onSent: FormPart.Observer? = nil) -> [FormPart] {
        let body: FormPart.Content =
            switch content {
            case .path(let path): .file(path: path)
            case .bytes(let bytes): .bytes(bytes)
            }
        return [
            FormPart(name: "content", content: body, fileName: name, type: type, onSent: onSent),
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
        guard file.size <= patience.largestUpload else {
            throw ReplicateError(
                .invalidInput,
                "\(file.name) has \(file.size) bytes, and \(patience.largestUpload) may be uploaded (the option max_upload_bytes, if the service takes more); a model can also be given the URL of a file"
            )
        }
        var call = try self.call(.filesCreate, [], nil, options)
        var onSent: FormPart.Observer?
        if let onUpdate {
            onSent = { [size = file.size] sent in
                if let json = try? JSON(validating: "{\"sent\":\(sent),\"total\":\(size)}") { onUpdate(json) }
            }
        }
        call.form = file.parts(metadata: metadata, onSent: onSent)
        return try await send(call, patience, by: await transferDeadline(patience)).json
    }

    /// Bytes take what they take: the idle timeout ends what stands still.
    func transferDeadline(_ patience: Configuration.Patience) async -> ContinuousClock.Instant {
        await network.now() + (patience.total ?? Configuration.transferTime)
    }
}
