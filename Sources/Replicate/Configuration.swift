// What a client is told once: where the API is, who asks, and how patient it is.

public struct Configuration: Sendable {
    /// Nil: send none, on purpose.
    var token: String?
    var base: BaseURL
    var userAgent: String
    var connectionsPerHost: Int
    /// Nil: what the environment says.
    var proxy: String?
    /// A file of certificates to trust instead of the system's.
    var certificates: String?
    /// A folder of such files, by the environment's SSL_CERT_DIR.
    var certificateFolder: String?
    /// With every request to the API.
    var headers: [(name: String, value: String)]
    var patience: Patience
    var log: Log?
    /// Whether somebody wants to hear of each HTTP request.
    public var isObserved: Bool

    /// The part that a single call may change.
    struct Patience: Sendable {
        var connect: Duration = .seconds(10)
        var idle: Duration = .seconds(60)
        /// The whole of a call with its retries and polls. Nil: 60 s for one request, no end for `run` and `wait`.
        var total: Duration?
        var maximumRetries = 2
        var retryDelay: Duration = .milliseconds(500)
        var longestRetryWait: Duration = .seconds(60)
        var pollInterval: Duration = .milliseconds(500)
        /// Of a JSON answer, unpacked.
        var responseBytes = 64 << 20
        var headerBytes = 256 << 10
        var errorBytes = 64 << 10
        var eventBytes = EventParser.largestEvent
        var jsonDepth = JSONScanner.maximumDepth
        var mostRedirects = 10
        /// Of where files and streams are, which servers say.
        var refusesPrivate = false
        /// What the service takes.
        var largestUpload: Int64 = 100 << 20
        var largestDownload: Int64?
        /// Of a file whose record is known.
        var expectedSize: Int64?
        var encoding: FileEncoding = .upload
    }

    static let defaultRequestTime: Duration = .seconds(60)
    /// For the bytes of a file, where no deadline is set.
    static let transferTime: Duration = .seconds(24 * 3600)

    /// Options win over the environment (REPLICATE_API_TOKEN, REPLICATE_BASE_URL), and that over the defaults.
    public init(options: Options = Options(), environment: (String) -> String?) throws(ReplicateError) {
        base = try BaseURL(
            options.text(.baseURL) ?? Self.variable("REPLICATE_BASE_URL", environment) ?? "https://api.replicate.com/v1")
        userAgent = try Self.headerValue(options.text(.userAgent) ?? "replicate-lua/\(Version.string)", "user_agent")
        connectionsPerHost = options.number(.connectionsPerHost) ?? 64
        headers = options.headers
        proxy = try options.text(.proxy).map { text throws(ReplicateError) in try Self.proxy(text) }
        certificates = options.text(.caFile) ?? Self.variable("SSL_CERT_FILE", environment)
        certificateFolder = options.text(.caFile) == nil ? Self.variable("SSL_CERT_DIR", environment) : nil
        isObserved = options.number(.observe) == 1
        patience = Patience().changed(by: Self.pollInterval(environment)).changed(by: options)
        token = try Self.token(options, environment)
        log = Log(Self.variable("REPLICATE_LOG", environment), api: base.origin, hiding: token)
    }

    /// REPLICATE_POLL_INTERVAL, in seconds, as Replicate's own clients have it; what is no interval is passed over.
    private static func pollInterval(_ environment: (String) -> String?) -> Options {
        var options = Options()
        if let seconds = variable("REPLICATE_POLL_INTERVAL", environment).flatMap({ Double($0) }), (0...3600).contains(seconds) {
            try? options.set("poll_interval_ms", String(max(10, Int(seconds * 1000))))
        }
        return options
    }

    private static func proxy(_ text: String) throws(ReplicateError) -> String {
        let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
        // libcurl's parser knows no URLs of the socks kind: what follows the scheme is looked at as if it were http's.
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.last.map { "http://\($0)" } ?? ""
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), parts.count == 1 || schemes.contains(parts[0].lowercased()),
            WebURL(rest) != nil
        else { throw ReplicateError(.invalidInput, "proxy must look like http://host:port or socks5h://host:port") }
        return text
    }

    private static func token(_ options: Options, _ environment: (String) -> String?) throws(ReplicateError) -> String? {
        if options.isNone(.auth) { return nil }
        guard let given = options.text(.auth) ?? variable("REPLICATE_API_TOKEN", environment) else {
            throw ReplicateError(
                .auth,
                "no API token: set the environment variable REPLICATE_API_TOKEN or the option auth (tokens: https://replicate.com/account/api-tokens)"
            )
        }
        // Read from a file, a token often has its line's end with it.
        let token = String(decoding: Array(given.utf8).trimmingSpace(), as: UTF8.self)
        guard !token.isEmpty else { throw ReplicateError(.auth, "the API token is empty") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ReplicateError(.auth, "the API token holds a character that no token has")
        }
        return token
    }

    /// An empty variable counts as none.
    private static func variable(_ name: String, _ environment: (String) -> String?) -> String? {
        environment(name).flatMap { $0.utf8.allSatisfy { $0 <= 0x20 } ? nil : $0 }
    }

    private static func headerValue(_ text: String, _ option: String) throws(ReplicateError) -> String {
        guard text.utf8.contains(where: { $0 > 0x20 }) else { throw ReplicateError(.invalidInput, "\(option) is empty") }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw ReplicateError(.invalidInput, "\(option) holds a line end or another control character")
        }
        return text
    }
}

extension Configuration.Patience {
    var retryPolicy: RetryPolicy {
        RetryPolicy(
            maximumRetries: maximumRetries, firstDelay: retryDelay / .seconds(1),
            longestRetryAfter: longestRetryWait / .seconds(1))
    }

    func changed(by options: Options) -> Self {
        var changed = self
        if let value = options.number(.connectTimeout) { changed.connect = .milliseconds(value) }
        if let value = options.number(.idleTimeout) { changed.idle = .milliseconds(value) }
        if let value = options.number(.timeout) { changed.total = .milliseconds(value) }
        if let value = options.number(.maxRetries) { changed.maximumRetries = value }
        if let value = options.number(.retryDelay) { changed.retryDelay = .milliseconds(value) }
        if let value = options.number(.maxRetryWait) { changed.longestRetryWait = .milliseconds(value) }
        if let value = options.number(.maxResponse) { changed.responseBytes = value }
        if let value = options.number(.maxHeaders) { changed.headerBytes = value }
        if let value = options.number(.maxError) { changed.errorBytes = value }
        if let value = options.number(.maxEvent) { changed.eventBytes = value }
        if let value = options.number(.maxDepth) { changed.jsonDepth = value }
        if let value = options.number(.maxRedirects) { changed.mostRedirects = value }
        if let value = options.text(.privateAddresses) { changed.refusesPrivate = value == "refuse" }
        if let value = options.number(.maxUpload) { changed.largestUpload = Int64(value) }
        if let value = options.number(.maxDownload) { changed.largestDownload = Int64(value) }
        if let value = options.number(.expected) { changed.expectedSize = Int64(value) }
        if let value = options.text(.fileEncoding).flatMap({ FileEncoding(rawValue: $0) }) { changed.encoding = value }
        if let value = options.number(.pollInterval) { changed.pollInterval = .milliseconds(value) }
        return changed
    }
}
