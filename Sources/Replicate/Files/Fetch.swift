// One fetch of bytes from wherever they are: redirects, retries, and going on in the middle where the server can.

/// Where the bytes go, in their order.
protocol ByteSink {
    mutating func write(_ bytes: [UInt8]) throws(ReplicateError)
    /// What was written counts no more.
    mutating func restart() throws(ReplicateError)
}

struct Fetch: Sendable {
    var url: String
    var headers: [(name: String, value: String)] = []
    var patience: Configuration.Patience
    var deadline: ContinuousClock.Instant

    /// What has come of the file, and what the server called it.
    struct Progress: Sendable {
        var size: Int64 = 0
        var total: Int64?
        var type: String?
        /// By which the server knows whether it is still the same file.
        var validator: String?

        /// Of a first answer, or one from the beginning.
        mutating func begin(_ response: HTTPResponse) {
            size = 0
            total = response.header("content-length").flatMap { Int64($0) }
            type = response.header("content-type")
            // A weak tag does not promise the same bytes.
            validator = response.header("etag").flatMap { $0.hasPrefix("\"") ? $0 : nil } ?? response.header("last-modified")
        }

        /// The headers that ask for the rest.
        var range: [(name: String, value: String)] {
            guard size > 0, let validator else { return [] }
            return [("Range", "bytes=\(size)-"), ("If-Range", validator)]
        }

        /// Whether the answer is the rest that was asked for.
        func isContinued(by response: HTTPResponse) -> Bool {
            !range.isEmpty && response.header("content-range")?.lowercased().hasPrefix("bytes \(size)-") == true
        }

        /// What an UPDATED event says.
        var json: JSON {
            let text = "{\"received\":\(size)" + (total.map { ",\"total\":\($0)" } ?? "") + "}"
            return (try? JSON(validating: text)) ?? .true
        }
    }

    /// Why a pass ended early, and whether another may follow.
    struct Interruption: Error {
        var error: ReplicateError
        var outcome: RetryPolicy.Outcome?

        init(_ error: ReplicateError, _ outcome: RetryPolicy.Outcome? = nil) { (self.error, self.outcome) = (error, outcome) }
    }
}

extension Client {
    func fetch<Sink: ByteSink>(_ fetch: Fetch, into sink: inout Sink, _ onUpdate: Observer?) async throws(ReplicateError)
        -> Fetch.Progress
    {
        let policy = RetryPolicy(maximumRetries: fetch.patience.maximumRetries)
        var progress = Fetch.Progress()
        var attempts = 0
        var retries = 0
        while true {
            let before = progress.size
            attempts += 1
            var interruption: Fetch.Interruption
            do throws(Fetch.Interruption) {
                try await pass(fetch, &progress, into: &sink, attempt: attempts, onUpdate)
                return progress
            } catch {
                interruption = error
            }
            interruption.error.attempts = attempts
            // As long as it gets on, it is not the same failure again.
            if progress.size > before { retries = 0 }
            let random = await network.random()
            guard let outcome = interruption.outcome,
                let delay = policy.delay(after: outcome, of: .harmless, retriesMade: retries, random: random)
            else { throw interruption.error }
            retries += 1
            let next = await network.now() + .seconds(delay)
            guard next < fetch.deadline else { throw interruption.error }
            do { try await network.sleep(until: next) } catch _ {
                throw ReplicateError(.canceled, "canceled between two attempts")
            }
        }
    }

    /// One answer, from its head to its end.
    private func pass<Sink: ByteSink>(
        _ fetch: Fetch, _ progress: inout Fetch.Progress, into sink: inout Sink, attempt: Int, _ onUpdate: Observer?
    ) async throws(Fetch.Interruption) {
        let (stream, url) = try await open(fetch, progress, attempt: attempt)
        let interruption: Fetch.Interruption?
        do throws(ReplicateError) {
            if stream.response.status != 206 {
                if progress.size > 0 { try sink.restart() }
                progress.begin(stream.response)
            }
            interruption = try await receive(stream, url, &progress, into: &sink, onUpdate)
        } catch {
            interruption = Fetch.Interruption(error)
        }
        await network.close(stream)
        if let interruption { throw interruption }
    }

    private func receive<Sink: ByteSink>(
        _ stream: HTTPStream, _ url: String, _ progress: inout Fetch.Progress, into sink: inout Sink, _ onUpdate: Observer?
    ) async throws(ReplicateError) -> Fetch.Interruption? {
        while true {
            let bytes: [UInt8]?
            do throws(TransportFailure) {
                bytes = try await network.read(stream)
            } catch {
                return Fetch.Interruption(failed(error, url), .failure(error))
            }
            guard let bytes else { return nil }
            try sink.write(bytes)
            progress.size += Int64(bytes.count)
            onUpdate?(progress.json)
        }
    }

    /// Follows redirects up to an answer with bytes. The token is sent until the first hop away from the API's origin.
    private func open(_ fetch: Fetch, _ progress: Fetch.Progress, attempt: Int) async throws(Fetch.Interruption) -> (
        HTTPStream, String
    ) {
        var url = fetch.url
        var isAtHome = true
        for followed in 0... {
            isAtHome = isAtHome && WebURL(url)?.origin == configuration.base.origin
            let remaining = fetch.deadline - (await network.now())
            let request = request(fetch, url, progress, isAtHome: isAtHome, within: remaining)
            let stream: HTTPStream
            do throws(TransportFailure) {
                stream = try await exchange(request, attempt: attempt) { request throws(TransportFailure) in
                    let stream = try await network.open(request)
                    return (stream, stream.response.status)
                }
            } catch {
                throw Fetch.Interruption(failed(error, url), .failure(error))
            }
            let status = stream.response.status
            if status == 200 || (status == 206 && progress.isContinued(by: stream.response)) { return (stream, url) }
            if Redirect.isOne(status) {
                await network.close(stream)
                do throws(ReplicateError) {
                    url = try Redirect.target(of: stream.response.header("location"), from: url, followed: followed)
                } catch {
                    throw Fetch.Interruption(error)
                }
                continue
            }
            throw await refusal(stream)
        }
        throw Fetch.Interruption(ReplicateError(.internal, "there is no end to the redirects"))
    }

    private func request(
        _ fetch: Fetch, _ url: String, _ progress: Fetch.Progress, isAtHome: Bool, within remaining: Duration
    ) -> HTTPRequest {
        var request = HTTPRequest(method: .get, url: url)
        request.isDirect = WebURL(url)?.origin.isLocal == true
        if isAtHome, let token = configuration.token { request.headers.append(("Authorization", "Bearer \(token)")) }
        request.headers.append(("User-Agent", configuration.userAgent))
        request.headers.append(("Accept", "*/*"))
        if isAtHome { for header in configuration.headers + fetch.headers { request.replaceHeader(header) } }
        request.headers += progress.range
        request.limits.connect = fetch.patience.connect
        request.limits.idle = fetch.patience.idle
        request.limits.total = max(remaining, .milliseconds(1))
        return request
    }

    private static let longestRefusal = 64 << 10

    /// The error of an answer without the file's bytes. Reads only the beginning of what it says.
    private func refusal(_ stream: HTTPStream) async -> Fetch.Interruption {
        var response = stream.response
        while response.body.count < Self.longestRefusal, let bytes = try? await network.read(stream) { response.body += bytes }
        await network.close(stream)
        guard response.status != 206, !(200..<300).contains(response.status) else {
            var error = ReplicateError(.protocol, "the server answered with status \(response.status) where a file is due")
            error.status = response.status
            return Fetch.Interruption(error)
        }
        let error = ReplicateError(response, hiding: configuration.token)
        return Fetch.Interruption(error, .status(response.status, retryAfter: error.retryAfter))
    }

    private func failed(_ failure: TransportFailure, _ url: String) -> ReplicateError {
        ReplicateError(failure, limits: HTTPRequest.Limits(), host: WebURL(url)?.origin.host ?? "the server")
    }
}
