// One fetch of bytes from wherever they are: redirects, retries, and going on in the middle where the server can.

/// Where the bytes go, in their order.
protocol ByteSink {
    mutating func write(_ bytes: [UInt8]) async throws(ReplicateError)
    /// What was written counts no more.
    mutating func restart() throws(ReplicateError)
}

struct Fetch: Sendable {
    var url: String
    var headers: [(name: String, value: String)] = []
    var patience: Configuration.Patience
    var deadline: ContinuousClock.Instant
    /// In bytes.
    var limit: Int64 = .max
    /// What the file must have, if that is known.
    var expected: Int64?
    /// Whoever takes the bytes decides how quick it is.
    var isPaced = false
    /// Without the token and the caller's headers, even to the API's own origin.
    var isAnonymous = false

    /// Of the whole file; `check` is of what there is so far.
    func check(whole size: Int64) throws(ReplicateError) {
        try check(size)
        guard size == expected ?? size else { throw unexpected("\(size)") }
    }

    private func unexpected(_ size: String) -> ReplicateError {
        ReplicateError(.protocol, "the file has \(size) bytes, where \(expected ?? 0) are expected (expected_bytes)")
    }

    func check(_ size: Int64) throws(ReplicateError) {
        guard size <= expected ?? size else { throw unexpected("\(size) or more") }
        guard size <= limit else {
            throw ReplicateError(.protocol, "the file has more than \(limit) bytes, which is the limit (max_download_bytes)")
        }
    }

    /// Why a pass ended early, and whether another may follow.
    struct Interruption: Error {
        var error: ReplicateError
        var outcome: RetryPolicy.Outcome?

        init(_ error: ReplicateError, _ outcome: RetryPolicy.Outcome? = nil) { (self.error, self.outcome) = (error, outcome) }

        init(_ failure: TransportFailure, _ request: HTTPRequest) {
            let host = WebURL(request.url)?.origin.host ?? "the server"
            error = ReplicateError(failure, limits: request.limits, host: host)
            outcome = .failure(failure)
        }
    }
}

extension Client {
    func fetch<Sink: ByteSink>(_ fetch: Fetch, into sink: inout Sink, _ onUpdate: Observer?) async throws(ReplicateError)
        -> Fetch.Progress
    {
        let policy = fetch.patience.retryPolicy
        var progress = Fetch.Progress()
        var furthest: Int64 = 0
        var attempts = 0
        var retries = 0
        var tries: [FailedAttempt] = []
        while true {
            attempts += 1
            let start = await network.now()
            var interruption: Fetch.Interruption
            do throws(Fetch.Interruption) {
                try await pass(fetch, &progress, into: &sink, attempt: attempts, onUpdate)
                return progress
            } catch {
                interruption = error
            }
            let end = await network.now()
            var attempt = FailedAttempt(interruption.error, seconds: (end - start) / .seconds(1))
            if tries.count == FailedAttempt.mostListed { tries.removeFirst() }
            (interruption.error.attempts, interruption.error.attemptList) = (attempts, tries + [attempt])
            // As long as it gets further than ever, it is not the same failure again.
            if progress.size > furthest { (furthest, retries) = (progress.size, 0) }
            let random = await network.random()
            guard let outcome = interruption.outcome,
                let delay = policy.delay(after: outcome, of: .harmless, retriesMade: retries, random: random)
            else { throw interruption.error }
            retries += 1
            let next = end + .seconds(delay)
            guard next < fetch.deadline else { throw interruption.error }
            attempt.wait = delay
            tries.append(attempt)
            tell(attempt, number: attempts, of: .get, fetch.url)
            do { try await network.sleep(until: next) } catch _ {
                var error = ReplicateError(.canceled, "canceled between two attempts")
                (error.attempts, error.attemptList) = (attempts, tries)
                throw error
            }
        }
    }

    /// One answer, from its head to its end.
    private func pass<Sink: ByteSink>(
        _ fetch: Fetch, _ progress: inout Fetch.Progress, into sink: inout Sink, attempt: Int, _ onUpdate: Observer?
    ) async throws(Fetch.Interruption) {
        let (stream, request) = try await open(fetch, &progress, attempt: attempt)
        let interruption: Fetch.Interruption?
        do throws(ReplicateError) {
            if stream.response.status != 206 {
                if progress.size > 0 { try sink.restart() }
                progress.begin(stream.response)
                if let total = progress.total { try fetch.check(whole: total) }
            }
            interruption = try await receive(stream, of: request, fetch, &progress, into: &sink, onUpdate)
        } catch {
            interruption = Fetch.Interruption(error)
        }
        await network.close(stream)
        if let interruption { throw interruption }
    }

    private func receive<Sink: ByteSink>(
        _ stream: HTTPStream, of request: HTTPRequest, _ fetch: Fetch, _ progress: inout Fetch.Progress, into sink: inout Sink,
        _ onUpdate: Observer?
    ) async throws(ReplicateError) -> Fetch.Interruption? {
        while true {
            let bytes: [UInt8]?
            do throws(TransportFailure) {
                bytes = try await network.read(stream)
            } catch {
                return Fetch.Interruption(error, request)
            }
            guard let bytes else { break }
            try fetch.check(progress.size + Int64(bytes.count))
            try await sink.write(bytes)
            progress.size += Int64(bytes.count)
            onUpdate?(progress.json)
        }
        guard let shortfall = progress.shortfall else {
            try fetch.check(whole: progress.size)
            return nil
        }
        if let total = progress.total, progress.size > total { progress.validator = nil }
        return Fetch.Interruption(ReplicateError(.truncated, shortfall), .unreadable)
    }

    /// Follows redirects up to an answer with bytes. The token is sent until the first hop away from the API's
    /// origin, if it is to be sent at all.
    private func open(_ fetch: Fetch, _ progress: inout Fetch.Progress, attempt: Int) async throws(Fetch.Interruption) -> (
        HTTPStream, HTTPRequest
    ) {
        var url = fetch.url
        var isAtHome = !fetch.isAnonymous
        var followed = 0
        while true {
            isAtHome = isAtHome && WebURL(url)?.origin == configuration.base.origin
            let remaining = fetch.deadline - (await network.now())
            let request = request(fetch, url, progress, isAtHome: isAtHome, within: remaining)
            let stream: HTTPStream
            do throws(TransportFailure) {
                stream = try await open(request, attempt: attempt)
            } catch {
                throw Fetch.Interruption(error, request)
            }
            let status = stream.response.status
            if status == 200 || (status == 206 && progress.isContinued(by: stream.response)) { return (stream, request) }
            guard Redirect.isOne(status) else { throw await refusal(stream, fetch, &progress) }
            await network.close(stream)
            do throws(ReplicateError) {
                url = try Redirect.target(
                    of: stream.response, from: url, followed: followed, most: fetch.patience.mostRedirects)
            } catch {
                throw Fetch.Interruption(error)
            }
            followed += 1
        }
    }

    private func request(
        _ fetch: Fetch, _ url: String, _ progress: Fetch.Progress, isAtHome: Bool, within remaining: Duration
    ) -> HTTPRequest {
        var request = HTTPRequest(method: .get, url: url)
        request.isBulk = true
        request.needsEnd = true
        request.isPaced = fetch.isPaced
        request.isDirect = WebURL(url)?.origin.isLocal == true
        if isAtHome, let token = configuration.token { request.headers.append(("Authorization", "Bearer \(token)")) }
        request.headers.append(("User-Agent", configuration.userAgent))
        request.headers += [("Accept", "*/*"), ("Accept-Encoding", "identity")]
        if isAtHome { for header in configuration.headers + fetch.headers { request.replaceHeader(header) } }
        for header in progress.range { request.replaceHeader(header) }
        request.isPublicOnly = fetch.patience.refusesPrivate && WebURL(url)?.origin != configuration.base.origin
        request.limits.connect = fetch.patience.connect
        request.limits.idle = fetch.patience.idle
        request.limits.headerBytes = fetch.patience.headerBytes
        request.limits.total = max(remaining, .milliseconds(1))
        request.limits.whole = fetch.patience.total
        return request
    }

    /// Up to so many bytes of a body, or what comes of it.
    func beginning(of stream: HTTPStream, _ most: Int) async -> [UInt8] {
        var body: [UInt8] = []
        while body.count < most, let bytes = try? await network.read(stream) { body += bytes.prefix(most - body.count) }
        return body
    }

    /// The error of an answer without the file's bytes. Reads only the beginning of what it says.
    private func refusal(_ stream: HTTPStream, _ fetch: Fetch, _ progress: inout Fetch.Progress) async -> Fetch.Interruption {
        var response = stream.response
        response.body = await beginning(of: stream, fetch.patience.errorBytes)
        await network.close(stream)
        guard !(200..<300).contains(response.status) else {
            var error = ReplicateError(.protocol, "the server answered with status \(response.status) where a file is due")
            error.status = response.status
            guard response.status == 206, !progress.range.isEmpty else { return Fetch.Interruption(error) }
            // A part that is not the one that was asked for: the file is fetched anew.
            progress.validator = nil
            return Fetch.Interruption(error, .unreadable)
        }
        var error = ReplicateError(response, hiding: configuration.token)
        // No token was sent: an URL whose time is over.
        if fetch.isAnonymous, error.kind == .auth { error.kind = .notFound }
        if response.status == 416, !progress.range.isEmpty {
            // There is no such rest: the file is another one, or it was all there. It is fetched anew.
            progress.validator = nil
            return Fetch.Interruption(error, .unreadable)
        }
        return Fetch.Interruption(error, .status(response.status, retryAfter: error.retryAfter))
    }
}
