// A file on disk that is made when its first bytes are there: of a thousand downloads that wait for their turn, none holds
// descriptors of the program's.

struct LaterFile: ByteSink {
    private let path: String
    private var file: FileSink?

    /// Throws for what could not be written now.
    init(path: String) throws(ReplicateError) {
        _ = try FileSink(path: path)
        self.path = path
    }

    private mutating func opened() throws(ReplicateError) -> FileSink {
        if let file { return file }
        let opened = try FileSink(path: path)
        file = opened
        return opened
    }

    mutating func write(_ bytes: [UInt8]) async throws(ReplicateError) { try opened().write(bytes) }
    mutating func restart() throws(ReplicateError) { try file?.restart() }
    mutating func rename(to name: String) throws(ReplicateError) { try opened().rename(to: name) }
    mutating func commit() throws(ReplicateError) { try opened().commit() }
}
