// Errors made from what a server or the network answered. Any body will do: problem+json, a bare detail, HTML, nothing.

extension ReplicateError {
    init(_ response: HTTPResponse, hiding secret: String?) {
        let body = try? JSON(validating: response.body)
        let status = response.status
        func clean(_ text: String) -> String? {
            let clean = ForeignText.cleaned(text, hiding: secret)
            return clean.isEmpty ? nil : clean
        }
        func text(_ name: String) -> String? {
            guard let value = body?[name], !value.isNull else { return nil }
            return clean(value.string ?? String(decoding: value.bytes, as: UTF8.self))
        }
        let title = text("title")
        // A text alone, or a list of them.
        let words = body.flatMap { $0.string ?? $0.elements.compactMap(\.string).joined(separator: "; ") }
        let detail = text("detail") ?? text("error") ?? words.flatMap { clean($0) }
        let foreign: String? =
            switch (title, detail) {
            case (let title?, let detail?): ForeignText.cleaned("\(title): \(detail)")
            case (let title?, nil): title
            case (nil, let detail?): detail
            case (nil, nil): body == nil ? clean(String(decoding: response.body.prefix(4096), as: UTF8.self)) : nil
            }
        // A title refines what is the caller's affair; a 429 or a 5xx is retried, and keeps its kind.
        let isRefined = (400..<500).contains(status) && status != 429
        self.init(
            (isRefined ? Self.kind(title: title) : nil) ?? Self.kind(ofStatus: status),
            foreign ?? "the server answered with status \(status)")
        self.status = status
        self.title = title
        self.detail = detail
        self.invalidFields = body?["invalid_fields"]
        self.retryAfter = RetryAfter.seconds(response, body: body)
        self.rateLimitRemaining = response.header("ratelimit-remaining").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        self.rateLimitReset = response.header("ratelimit-reset").flatMap { RetryAfter.seconds($0) }
        self.retryable = status == 429 || RetryPolicy.isTransient(status)
    }

    /// The titles with which the service says more than its status does.
    private static let titles: [String: Kind] = [
        "unauthenticated": .auth, "insufficient credit": .billing, "input validation failed": .invalidInput,
        "invalid version or not permitted": .invalidInput,
    ]

    private static func kind(title: String?) -> Kind? { title.flatMap { titles[$0.lowercased()] } }

    static func kind(ofStatus status: Int) -> Kind {
        switch status {
        case 401, 403: .auth
        case 402: .billing
        case 404, 410: .notFound
        case 408, 425: .network
        case 429: .rateLimited
        case 503: .capacity
        case 400..<500: .invalidInput
        case 500...: .network
        default: .protocol
        }
    }

    init(_ failure: TransportFailure, limits: HTTPRequest.Limits, host: String) {
        switch failure.reason {
        case .canceled: self.init(.canceled, "canceled while \(failure.phase.rawValue)")
        case .setup: self.init(.internal, failure.message)
        case .refused(let why): self.init(.protocol, "\(host) was not asked: \(why)")
        case .content(let what): self.init(.invalidInput, what)
        case .tooLarge(let what): self.init(.protocol, "\(host) answered with \(what), which is the limit")
        case .malformed: self.init(.protocol, "\(host) answered with what is not good HTTP (\(failure.message))")
        case .timeout(let limit):
            let after =
                switch limit {
                case .connect: limits.connect
                case .idle: limits.idle
                case .total: limits.whole ?? limits.total ?? .zero
                }
            self.init(
                .timeout,
                "no answer from \(host): the \(limit.rawValue) timeout of \(after.milliseconds) ms ended it while \(failure.phase.rawValue)"
            )
        case .truncated: self.init(.truncated, "the answer of \(host) ended too early (\(failure.message))")
        case .name: self.init(.network, "the name of \(host) could not be resolved (\(failure.message))")
        case .connect: self.init(.network, "could not connect to \(host) (\(failure.message))")
        case .tls: self.init(.network, "no secure connection to \(host) (\(failure.message))")
        case .send: self.init(.network, "the connection to \(host) broke while sending (\(failure.message))")
        case .receive: self.init(.network, "the connection to \(host) broke while \(failure.phase.rawValue) (\(failure.message))")
        }
        self.retryable =
            switch failure.reason {
            case .name, .connect, .tls, .send, .receive, .truncated, .timeout: true
            case .canceled, .setup, .tooLarge, .refused, .content, .malformed: false
            }
        if let beginning = failure.beginning { self.status = beginning.status }
    }

    /// The time of the whole call is over. `what`: such as "before the prediction ended".
    static func expired(_ limit: Duration?, _ what: String) -> ReplicateError {
        let words = limit.map { "the total timeout of \($0.milliseconds) ms" } ?? "the deadline"
        return ReplicateError(.timeout, "\(words) passed \(what)")
    }

    /// Of a create whose answer could not be read: where to look for what it has made.
    mutating func tell(location: String?, id: String?, hiding secret: String?) {
        if let id {
            self.message += " (its id is \(id))"
            self.made = id
        } else if let location, !location.isEmpty {
            self.message += " (the server said that it is at \(ForeignText.cleaned(location, hiding: secret)))"
        }
    }
}
