// Settings by name, as C and Lua give them: checked when they are set, so that a mistake is told where it was made.

public struct Options: Sendable {
    enum Name: String, CaseIterable, Sendable {
        case auth
        case baseURL = "base_url"
        case envFile = "env_file"
        case userAgent = "user_agent"
        case connectionsPerHost = "connections_per_host"
        case proxy = "proxy"
        case caFile = "ca_file"
        case observe = "observe"
        case connectTimeout = "connect_timeout_ms"
        case idleTimeout = "idle_timeout_ms"
        case timeout = "timeout_ms"
        case maxRetries = "max_retries"
        case retryDelay = "retry_delay_ms"
        case maxRetryWait = "max_retry_wait_ms"
        case pollInterval = "poll_interval_ms"
        case maxResponse = "max_response_bytes"
        case maxHeaders = "max_header_bytes"
        case maxError = "max_error_bytes"
        case maxEvent = "max_event_bytes"
        case maxDepth = "max_json_depth"
        case maxRedirects = "max_redirects"
        case maxUpload = "max_upload_bytes"
        case maxDownload = "max_download_bytes"
        case expected = "expected_bytes"
        case fileEncoding = "file_encoding_strategy"
        case privateAddresses = "private_addresses"
        case wait = "wait"
        case cancelAfter = "cancel_after"
        case updates = "updates"
        case uploads = "uploads"
        case cancelPrediction = "cancel_prediction"
        case fallback = "fallback"
        case chunks = "chunks"
    }

    enum Scope: Sendable { case client, call, both }

    private enum Value: Sendable { case none, text(String), number(Int) }

    private var values: [Name: Value] = [:]
    /// Of requests to the API; in the order they were set.
    private(set) var headers: [(name: String, value: String)] = []
    /// Of the query, for the operations that take some.
    private(set) var parameters: [(name: String, value: String)] = []

    public init() {}

    /// A nil value means "none" where that is a choice (auth, wait), and takes any other option back.
    public mutating func set(_ name: String, _ value: String?) throws(ReplicateError) {
        if name.hasPrefix("header.") { return try setHeader(String(name.dropFirst(7)), value) }
        if name.hasPrefix("param.") { return try setParameter(String(name.dropFirst(6)), value) }
        guard let option = Name(rawValue: name) else {
            let names = (Name.allCases.map(\.rawValue) + ["header.NAME", "param.NAME"]).joined(separator: ", ")
            throw ReplicateError(.invalidInput, "unknown option \"\(CallerText.shown(name))\"; the options are \(names)")
        }
        guard let value else {
            values[option] = option.mayBeNone ? Value.none : nil
            return
        }
        switch option.range {
        case let range?:
            guard let number = Int(value), range.contains(number) else {
                throw ReplicateError(
                    .invalidInput,
                    "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(CallerText.shown(value))\""
                )
            }
            values[option] = .number(number)
        case nil:
            try CallerText.check(value, name, atMost: CallerText.longestOption)
            if option == .cancelAfter { try CancelAfter.check(value) }
            if option == .fallback, value != "poll" {
                throw ReplicateError(.invalidInput, "fallback must be \"poll\", not \"\(CallerText.shown(value))\"")
            }
            if option == .privateAddresses, !["allow", "refuse"].contains(value) {
                throw ReplicateError(
                    .invalidInput, "private_addresses must be \"allow\" or \"refuse\", not \"\(CallerText.shown(value))\"")
            }
            if option == .fileEncoding, FileEncoding(rawValue: value) == nil {
                throw ReplicateError(
                    .invalidInput,
                    "file_encoding_strategy must be \"upload\" or \"data-uri\", not \"\(CallerText.shown(value))\"")
            }
            guard option == .auth || value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw ReplicateError(.invalidInput, "\(name) holds a line end or another control character")
            }
            values[option] = .text(value)
        }
    }

    /// Headers that say what the library itself decides.
    private static let ownHeaders = [
        "accept-encoding", "authorization", "connection", "content-length", "expect", "host", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private mutating func setHeader(_ name: String, _ value: String?) throws(ReplicateError) {
        let shown = CallerText.shown(name)
        try CallerText.check(name, "the name of a header", atMost: CallerText.longestName)
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        func isToken(_ byte: UInt8) -> Bool {
            isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || marks.contains(byte)
        }
        guard !name.isEmpty, name.utf8.allSatisfy(isToken) else {
            throw ReplicateError(.invalidInput, "\"\(shown)\" cannot be the name of a header")
        }
        guard !Self.ownHeaders.contains(name.lowercased()) else {
            throw ReplicateError(.invalidInput, "the header \(shown) is not for callers to set")
        }
        if let value {
            try CallerText.check(value, "the header \(shown)", atMost: CallerText.longestHeader)
            // Of spaces alone libcurl would make no header at all.
            guard value.utf8.contains(where: { $0 > 0x20 }), value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) })
            else {
                throw ReplicateError(
                    .invalidInput, "the header \(shown) is empty, or holds a line end or another control character")
            }
        }
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { headers.append((name, value)) }
    }

    private mutating func setParameter(_ name: String, _ value: String?) throws(ReplicateError) {
        guard !name.isEmpty else { throw ReplicateError(.invalidInput, "a parameter has no name") }
        try CallerText.check(name, "the name of a parameter", atMost: CallerText.longestName)
        if let value {
            try CallerText.check(value, "the parameter \(CallerText.shown(name))", atMost: CallerText.longestQuery)
        }
        parameters.removeAll { $0.name == name }
        if let value { parameters.append((name, value)) }
    }

    /// Throws for the first option that does not belong to `scope`.
    public func check(forCall: Bool) throws(ReplicateError) {
        if !forCall, let parameter = parameters.first {
            throw ReplicateError(
                .invalidInput, "param.\(CallerText.shown(parameter.name)) is an option of a call, not of a client")
        }
        for name in values.keys.sorted(by: { $0.rawValue < $1.rawValue }) where name.scope != .both {
            if (name.scope == .call) != forCall {
                let place = forCall ? "a client, not of a call" : "a call, not of a client"
                throw ReplicateError(.invalidInput, "\(name.rawValue) is an option of \(place)")
            }
        }
    }

    /// The path of a file to read variables from.
    public var environmentFile: String? { text(.envFile) }

    public var cancelsPrediction: Bool { number(.cancelPrediction) == 1 }

    /// The bytes of a download come in pieces.
    public var wantsChunks: Bool { number(.chunks) == 1 }

    /// What cannot be read as a stream is polled.
    var mayPoll: Bool { text(.fallback) != nil }

    public var wantsUpdates: Bool { number(.updates) == 1 }
    public var wantsUploads: Bool { number(.uploads) == 1 }

    /// What goes along with each look at a prediction.
    var ofLooks: Options {
        var options = Options()
        (options.headers, options.parameters) = (headers, parameters)
        return options
    }

    func text(_ name: Name) -> String? {
        if case .text(let text) = values[name] { text } else { nil }
    }

    func number(_ name: Name) -> Int? {
        if case .number(let number) = values[name] { number } else { nil }
    }

    func isNone(_ name: Name) -> Bool {
        if case .some(.none) = values[name] { true } else { false }
    }
}

extension Options.Name {
    var scope: Options.Scope {
        switch self {
        case .auth, .baseURL, .envFile, .userAgent, .connectionsPerHost, .proxy, .caFile, .observe: .client
        case .wait, .cancelAfter, .updates, .uploads, .cancelPrediction, .fallback, .chunks, .expected: .call
        case .connectTimeout, .idleTimeout, .timeout, .maxRetries, .retryDelay, .maxRetryWait, .pollInterval, .maxResponse,
            .maxHeaders, .maxError, .maxEvent, .maxDepth, .maxRedirects, .maxUpload, .maxDownload, .fileEncoding,
            .privateAddresses:
            .both
        }
    }

    var mayBeNone: Bool { self == .auth || self == .wait }

    var range: ClosedRange<Int>? {
        switch self {
        case .auth, .baseURL, .envFile, .userAgent, .proxy, .caFile, .cancelAfter, .fallback, .fileEncoding, .privateAddresses:
            nil
        case .connectionsPerHost: 1...4096
        case .connectTimeout, .idleTimeout, .timeout: 1...(Int(Int32.max))
        case .maxRetries: 0...100
        case .retryDelay: 1...60_000
        case .maxRetryWait: 0...86_400_000
        case .maxResponse, .maxEvent: 1024...(1 << 30)
        case .maxHeaders, .maxError: 1024...(16 << 20)
        case .maxDepth: 1...JSONScanner.maximumDepth
        case .maxRedirects: 0...50
        case .pollInterval: 10...3_600_000
        case .maxUpload, .maxDownload: 1...(1 << 50)
        case .expected: 0...(1 << 50)
        case .wait: 1...60
        case .updates, .uploads, .observe, .cancelPrediction, .chunks: 0...1
        }
    }
}
