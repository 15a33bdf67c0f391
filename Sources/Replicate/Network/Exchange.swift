// What an observer is told of each HTTP request, polls and retries too. The token is in none of it.

public struct Exchange: Sendable {
    public enum Moment: Sendable {
        case request
        /// With the status, or with the kind of the failure where no answer could be read.
        case response(status: Int?, failure: ReplicateError.Kind?, seconds: Double)
    }

    public typealias Observer = @Sendable (Exchange) -> Void

    public var moment: Moment
    public var method: String
    public var url: String
    /// From 1 on, in one call.
    public var attempt: Int

    /// {"method", "url", "attempt"}, and of a response {"status"} or {"error"}, and {"seconds"}.
    public var json: JSON {
        var text = Array("{\"method\":".utf8) + JSONString.quoted(method)
        text += Array(",\"url\":".utf8) + JSONString.quoted(url)
        text += ",\"attempt\":\(attempt)".utf8
        if case .response(let status, let failure, let seconds) = moment {
            if let status { text += ",\"status\":\(status)".utf8 }
            if let failure { text += Array(",\"error\":".utf8) + JSONString.quoted(failure.rawValue) }
            text += ",\"seconds\":\(seconds)".utf8
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

    /// Sends one request, and tells the observer before and after.
    func exchange(_ request: HTTPRequest, attempt: Int) async throws(TransportFailure) -> HTTPResponse {
        try await exchange(request, attempt: attempt) { request throws(TransportFailure) in
            let response = try await network.send(request)
            return (response, response.status)
        }
    }

    func exchange<Answer: Sendable>(
        _ request: HTTPRequest, attempt: Int,
        by send: (HTTPRequest) async throws(TransportFailure) -> (Answer, status: Int)
    ) async throws(TransportFailure) -> Answer {
        guard let observer else { return try await send(request).0 }
        var exchange = Exchange(
            moment: .request, method: request.method.rawValue, url: ForeignText.hiding(configuration.token, in: request.url),
            attempt: attempt)
        observer(exchange)
        let start = await network.now()
        let result: Result<(Answer, status: Int), TransportFailure>
        do throws(TransportFailure) {
            result = .success(try await send(request))
        } catch {
            result = .failure(error)
        }
        let seconds = (await network.now() - start) / .seconds(1)
        exchange.moment =
            switch result {
            case .success(let answer): .response(status: answer.status, failure: nil, seconds: seconds)
            case .failure(let failure):
                .response(
                    status: nil,
                    failure: ReplicateError(failure, limits: request.limits, host: configuration.base.host).kind,
                    seconds: seconds)
            }
        observer(exchange)
        return try result.get().0
    }
}
