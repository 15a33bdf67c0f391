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
    var body: RequestBody
}

/// A body that is too long has been read and thrown away, so that the connection can go on.
enum RequestBody: Sendable {
    static let maximumLength = 10 << 20

    case bytes([UInt8])
    case tooLarge
    /// Its framing is wrong, or the client went away.
    case broken
}
