// The files of a prediction's input: uploaded before it is created, and in its input by their URLs; or written into it whole,
// as data URIs, where that was asked for or where a small file could not be uploaded.

/// A file at a place in an input.
struct Attachment: Sendable {
    /// JSON Pointer, of a value that is there.
    var pointer: String
    var file: UploadFile
}

/// How the files of an input reach the model.
enum FileEncoding: String, Sendable, CaseIterable {
    case upload
    case dataURI = "data-uri"
}

/// Which files may go inside of a request; pure.
struct InlineAllowance: Sendable {
    /// Of one that could not be uploaded.
    static let largestFile: Int64 = 256_000
    /// Of all together.
    static let largestTotal: Int64 = 10_000_000

    private var used: Int64 = 0

    mutating func takes(_ size: Int64) -> Bool {
        guard size <= Self.largestTotal - used else { return false }
        used += size
        return true
    }

    /// Nil where the file goes as a data URI instead; else what is to be said.
    mutating func refusal(of name: String, _ size: Int64, after error: ReplicateError) -> ReplicateError? {
        var error = error
        error.delivery = .notSent
        let broke = [.network, .timeout, .truncated].contains(error.kind)
        // Of an answer that broke off behind its head there is a status.
        let isOutage = error.status.map { $0 >= 500 || (broke && $0 < 300) } ?? broke
        if isOutage, size <= Self.largestFile, takes(size) { return nil }
        error.prefix("\(name) could not be uploaded, and nothing was created")
        return error
    }
}

extension UploadFile {
    /// The whole file as text that models take for a URL.
    func dataURI(_ reader: PartReader) throws(ReplicateError) -> String {
        "data:\(type);base64,\(Base64.encode(try read(reader)))"
    }
}
