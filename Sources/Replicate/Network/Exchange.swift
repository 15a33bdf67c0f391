// What an observer is told of each HTTP request, polls and retries too. The token is in none of it.

public struct Exchange: Sendable {
    public enum Moment: Sendable {
        case request
        /// With the status, or with the kind of the failure where no answer could be read.
        case response(status: Int?, failure: ReplicateError.Kind?, seconds: Double)
        /// It failed, and will be made again.
        case retry(FailedAttempt)
    }

    public typealias Observer = @Sendable (Exchange) -> Void

    public var moment: Moment
    public var method: String
    public var url: String
    /// From 1 on, in one call.
    public var attempt: Int

    /// {"method", "url", "attempt"}; of a response {"status"} or {"error"}, and {"seconds"}; of a retry all that a failed attempt
    /// says.
    public var json: JSON {
        var text = Array("{\"method\":".utf8) + JSONString.quoted(method)
        text += Array(",\"url\":".utf8) + JSONString.quoted(url)
        text += ",\"attempt\":\(attempt)".utf8
        if case .response(let status, let failure, let seconds) = moment {
            if let status { text += ",\"status\":\(status)".utf8 }
            if let failure { text += Array(",\"error\":".utf8) + JSONString.quoted(failure.rawValue) }
            text += ",\"seconds\":\(seconds)".utf8
        }
        if case .retry(let attempt) = moment {
            text.append(UInt8(ascii: ","))
            text += attempt.json.dropFirst().dropLast()
        }
        text.append(UInt8(ascii: "}"))
        return (try? JSON(validating: text)) ?? .true
    }
}

extension Client {
    /// The same client, whose requests are told to `observer`.
    public func observed(by observer: Exchange.Observer?) -> Client {
        var client = self
        client.observer = observer
        return client
    }

    /// Tells of it whoever wants to know.
    private func tell(_ moment: Exchange.Moment, attempt: Int, _ method: HTTPRequest.Method, _ url: String) {
        let exchange = Exchange(
            moment: moment, method: method.rawValue, url: ForeignText.hiding(configuration.token, in: url), attempt: attempt)
        observer?(exchange)
        if let log = configuration.log { log.write(log.text(exchange)) }
    }

    private var isHeard: Bool { observer != nil || configuration.log != nil }

    /// There will be another attempt.
    func tell(_ failed: FailedAttempt, number: Int, of method: HTTPRequest.Method, _ url: String) {
        if isHeard { tell(.retry(failed), attempt: number, method, url) }
    }

    /// Sends one request, and tells before and after.
    func exchange(_ request: HTTPRequest, attempt: Int) async throws(TransportFailure) -> HTTPResponse {
        try await exchange(request, attempt: attempt) { request throws(TransportFailure) in
            let response = try await network.send(request)
            return (response, response)
        }
    }

    /// The same for a request whose answer is read while it comes.
    func open(_ request: HTTPRequest, attempt: Int) async throws(TransportFailure) -> HTTPStream {
        try await exchange(request, attempt: attempt) { request throws(TransportFailure) in
            let stream = try await network.open(request)
            return (stream, stream.response)
        }
    }

    private func exchange<Answer: Sendable>(
        _ request: HTTPRequest, attempt: Int,
        by send: (HTTPRequest) async throws(TransportFailure) -> (Answer, HTTPResponse)
    ) async throws(TransportFailure) -> Answer {
        guard isHeard else { return try await send(request).0 }
        let log = configuration.log
        tell(.request, attempt: attempt, request.method, request.url)
        log?.write(log?.text(request.headers, sign: ">"))
        let start = await network.now()
        do throws(TransportFailure) {
            let (answer, response) = try await send(request)
            let seconds = (await network.now() - start) / .seconds(1)
            let moment = Exchange.Moment.response(status: response.status, failure: nil, seconds: seconds)
            tell(moment, attempt: attempt, request.method, request.url)
            log?.write(log?.text(response.headers, sign: "<"))
            return answer
        } catch {
            let seconds = (await network.now() - start) / .seconds(1)
            let kind = ReplicateError(error, limits: request.limits, host: configuration.base.host).kind
            let moment = Exchange.Moment.response(status: nil, failure: kind, seconds: seconds)
            tell(moment, attempt: attempt, request.method, request.url)
            throw error
        }
    }
}
