// One HTTP request and its answer, as plain values.

struct HTTPRequest: Sendable {
    enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case query = "QUERY"
    }

    var method: Method
    var url: String
    /// To send it twice may make two things.
    var makesSomething: Bool { [.post, .put, .patch].contains(method) }
    /// Without TLS.
    var isPlain: Bool { url.prefix(5).lowercased() == "http:" }
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// Goes out as multipart/form-data, instead of `body`.
    var form: [FormPart] = []
    var limits = Limits()
    /// Not through a proxy: to this machine itself, where a token in the clear shall stay.
    var isDirect = false
    /// It goes to no address of this machine or a private network, and so not through a proxy, which would hide the address.
    var isPublicOnly = false
    /// A cancel that finds it sent, or in part, waits for its answer, as long as the limits allow.
    var outlivesCancel = false
    /// It goes at once, however many wait: what ends something is not to come after what begins others.
    var skipsLine = false

    /// The answer may come in gzip, and its limit is of what it unpacks to. What is read while it comes is asked for as it is.
    var takesGzip = false
    /// Half of its answer would not show that it is one.
    var needsEnd = false
    /// Its answer is a file's bytes, however many.
    var isBulk = false
    /// Its reader may take its time, and hold the connection as long.
    var isPaced = false

    /// One value for each name, which HTTP does not tell apart by case.
    mutating func replaceHeader(_ header: (name: String, value: String)) {
        let name = header.name.lowercased()
        headers.removeAll { $0.name.lowercased() == name }
        headers.append(header)
    }

    struct Limits: Sendable {
        var connect: Duration = .seconds(10)
        /// No byte in either direction for this long ends the transfer.
        var idle: Duration = .seconds(60)
        /// The whole exchange; nil: unbounded.
        var total: Duration?
        /// Of the call that it is a part of, as the caller set it; nil: the same.
        var whole: Duration?
        /// The caller set it: the time before the request can go counts, too.
        var isFirm = false
        var responseBytes: Int = 64 << 20
        /// Of an answer with a status of 400 or more, no further bytes are read.
        var errorBytes: Int = 64 << 10
        var headerBytes: Int = 256 << 10

        /// What is made in less time than this runs, is billed, and its answer is not heard: so it is not begun. `total`: of
        /// the whole call.
        static func leastTimeToMake(of total: Duration) -> Duration { min(.milliseconds(100), total / 4) }

        /// With what is left of the time; that of the whole stays known.
        mutating func leave(_ left: Duration) {
            whole = whole ?? total
            total = max(left, .milliseconds(1))
        }
    }

    /// It would make something whose answer nobody is there to hear.
    func isTooLate(_ left: Duration) -> Bool {
        guard makesSomething, !skipsLine, let whole = limits.whole ?? limits.total else { return false }
        return left < Limits.leastTimeToMake(of: whole)
    }
}

/// One part of a form. A file is read from disk while it is sent.
struct FormPart: Sendable {
    enum Content: Sendable {
        case bytes([UInt8])
        case file(path: String)
        case open(OpenFile)
    }

    /// How many of its bytes were taken to be sent.
    typealias Observer = @Sendable (_ sent: Int64) -> Void

    var name: String
    var content: Content
    var fileName: String?
    var type: String?
    var onSent: Observer?
}

/// An answer whose body is read while it comes; see Network.
struct HTTPStream: Sendable {
    let id: UInt64
    /// Its body is empty.
    let response: HTTPResponse
}

struct HTTPResponse: Sendable {
    var status: Int
    private let headerBlock: HTTPHeaders
    var body: [UInt8]

    init(status: Int, headerBlock: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headerBlock = headerBlock
        self.body = body
    }

    init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.init(status: status, headerBlock: HTTPHeaders(headers), body: body)
    }

    /// Names in lower case, in the server's order.
    var headers: [(name: String, value: String)] { headerBlock.fields }

    /// `name` in lower case.
    func header(_ name: String) -> String? { headerBlock[name] }
}

/// Why there is no answer.
struct TransportFailure: Error, Sendable, Equatable {
    enum Reason: Sendable, Equatable {
        case name, connect, tls, send, receive
        /// The answer began, and ends too early.
        case truncated
        case timeout(Limit)
        /// What of the answer is, such as "headers of more than 4096 bytes".
        case tooLarge(String)
        /// Why the client may not ask there.
        case refused(String)
        /// What of the request could not be sent, such as a file that became shorter.
        case content(String)
        case malformed
        case canceled
        case setup
    }
    enum Limit: String, Sendable { case connect, idle, total }
    /// How far the exchange had come.
    enum Phase: String, Sendable {
        case queued = "waiting for a connection"
        case resolving = "resolving the name"
        case connecting
        case securing = "securing the connection"
        case sending, waiting, receiving
    }

    var reason: Reason
    var phase: Phase
    /// Some byte of the request may have reached the server.
    var requestTouched: Bool
    var message: String
    /// What was read of the answer: its head, if that was whole, and what there is of its body.
    var beginning: Beginning?

    struct Beginning: Sendable, Equatable {
        var status: Int
        var location: String?
        var id: String?
    }
}
