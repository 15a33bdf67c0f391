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
    var range: String?
    var ifRange: String?
    var ifNoneMatch: String?
    var contentType: String?
    var body: RequestBody
}

/// A body that is too long has been read and thrown away, so that the connection can go on.
enum RequestBody: Sendable {
    static let maximumLength = 10 << 20
    /// What a multipart body may put around a file.
    static let formRoom = 1 << 20

    /// - Parameters:
    ///   - file: the length of the longest file that is taken.
    ///   - isKnown: whether a token came along: nobody else's files are even read.
    static func limit(method: String, path: String, file: Int, isKnown: Bool) -> Int {
        method == "POST" && path == "/v1/files" && isKnown ? file + formRoom : maximumLength
    }

    case bytes([UInt8])
    case tooLarge
    /// Its framing is wrong, or the client went away.
    case broken
}
