// A request as the operations see it: read whole, and free of any HTTP library.

struct APIRequest: Sendable {
    var method: String
    /// Percent-encoded, as they came.
    var path: String
    var query: String
    var authorization: String?
    var host: String?
    var prefer: String?
    var cancelAfter: String?
    var dropStreamAfter: String?
    var lastEventID: String?
    var contentType: String?
    var body: RequestBody
}

/// A body that is too long has been read and thrown away, so that the connection can go on.
enum RequestBody: Sendable {
    static let maximumLength = 10 << 20
    /// 100 MiB for the file, and some room for what a multipart body puts around it.
    static let maximumUpload = FileRecord.maximumSize + (1 << 20)

    /// - Parameter isKnown: whether a token came along: nobody else's files are even read.
    static func limit(method: String, path: String, isKnown: Bool) -> Int {
        method == "POST" && path == "/v1/files" && isKnown ? maximumUpload : maximumLength
    }

    case bytes([UInt8])
    case tooLarge
    /// Its framing is wrong, or the client went away.
    case broken
}
