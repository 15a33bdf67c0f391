// Sends API requests: the token and the headers go on, answers that are not what they should be come off as errors, and
// what may be repeated is repeated. Runs on whatever actor calls it; the network does the waiting.

public struct Client: Sendable {
    /// One for all copies of the client: each operation under way has some.
    private final class Shared: Sendable {
        let configuration: Configuration

        init(_ configuration: Configuration) { self.configuration = configuration }
    }

    private let shared: Shared
    var configuration: Configuration { shared.configuration }
    let network: any Network
    var observer: Exchange.Observer?

    init(configuration: Configuration, network: any Network) {
        shared = Shared(configuration)
        self.network = network
    }

    /// One call of the API.
    struct Call: Sendable {
        var method: HTTPRequest.Method
        /// Below the base URL, encoded, beginning with a slash; or a whole URL on the API's origin.
        var path: String
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]?
        var form: [FormPart] = []
        var repetition: RetryPolicy.Repetition = .harmless
        var result: Operation.Result = .json
        /// How long the server may hold the answer back on our own request.
        var held: Duration = .zero
        /// The id of what it is about, if that is something whose create may be a moment ago.
        var subject: String?
        /// Once a byte of it has been sent, a cancel waits for the answer.
        var outlivesCancel = false
    }

    struct Answer: Sendable {
        let json: JSON
        let response: HTTPResponse

        var status: Int { response.status }
        var headers: [(name: String, value: String)] { response.headers }
    }

    /// An error as it may be shown: a failed prediction's text is a server's, too.
    public func shown(_ error: ReplicateError) -> ReplicateError { error.hiding(configuration.token) }

    /// When a call that is made now must be over, if the caller set a time for the whole of it.
    public func deadline(_ options: Options) -> ContinuousClock.Instant? {
        configuration.patience.changed(by: options).total.map { .now + $0 }
    }

    /// The moment a call must be over, told by the call's options.
    func deadline(_ patience: Configuration.Patience, plus held: Duration = .zero) async -> ContinuousClock.Instant {
        await network.now() + (patience.total ?? Configuration.defaultRequestTime + held)
    }

    func send(_ call: Call, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant) async throws(ReplicateError)
        -> Answer
    {
        let policy = patience.retryPolicy
        var attempts = 0
        var retries = 0
        var tries: [FailedAttempt] = []
        // Of what is tried again nothing was sent, or the server said no.
        var delivery: ReplicateError.Delivery? = call.repetition == .createsAnother ? .notSent : nil
        while true {
            let start = await network.now()
            let remaining = deadline - start
            let usual = call.form.isEmpty ? Configuration.defaultRequestTime + call.held : Configuration.transferTime
            let whole = patience.total ?? usual
            let isCreate = call.repetition == .createsAnother
            guard remaining > (isCreate ? HTTPRequest.Limits.leastTimeToMake(of: whole) : .zero) else {
                var error = ReplicateError.expired(whole, "before the request could be sent")
                (error.delivery, error.attempts, error.attemptList) = (delivery, attempts, tries)
                // Nothing was asked in vain: a look at a prediction whose minute is over may be followed by another.
                error.retryable = !isCreate
                throw error
            }
            var request = request(call, patience, within: remaining)
            request.limits.whole = whole
            attempts += 1
            var error: ReplicateError
            let outcome: RetryPolicy.Outcome
            switch await attempt(request, call, depth: patience.jsonDepth, number: attempts) {
            case .answered(let answer): return answer
            case .failed(let failure, let reason): (error, outcome) = (failure, reason)
            }
            error.attempts = attempts
            let end = await network.now()
            var attempt = FailedAttempt(error, seconds: (end - start) / .seconds(1))
            // Of a hundred the last few say enough.
            if tries.count == FailedAttempt.mostListed { tries.removeFirst() }
            error.attemptList = tries + [attempt]
            if isCreate { delivery = RetryPolicy.delivery(of: outcome) }
            error.delivery = delivery
            let random = await network.random()
            var delay = policy.delay(after: outcome, of: call.repetition, retriesMade: retries, random: random)
            if delay != nil { retries += 1 }
            if error.kind == .notFound, let subject = call.subject, await network.isJustMade(subject) {
                delay = PollSchedule.delay(patience.pollInterval, random: random) / .seconds(1)
            }
            guard let delay else { throw error }
            let next = end + .seconds(delay)
            guard next < deadline else { throw error }
            attempt.wait = delay
            tries.append(attempt)
            error.attemptList = tries
            tell(attempt, number: attempts, of: request.method, request.url)
            do { try await network.sleep(until: next) } catch _ {
                throw canceled(after: error)
            }
        }
    }

    private func canceled(after last: ReplicateError) -> ReplicateError {
        var error = ReplicateError(.canceled, "canceled between two attempts")
        (error.attempts, error.attemptList) = (last.attempts, last.attemptList)
        // Only what was not sent, or was rejected, is ever tried again.
        error.delivery = last.delivery
        return error
    }

    private enum Attempt {
        case answered(Answer)
        case failed(ReplicateError, RetryPolicy.Outcome)
    }

    private func attempt(_ request: HTTPRequest, _ call: Call, depth: Int, number: Int) async -> Attempt {
        let response: HTTPResponse
        do throws(TransportFailure) {
            response = try await exchange(request, attempt: number)
        } catch {
            var shown = ReplicateError(error, limits: request.limits, host: configuration.base.host)
            if call.repetition == .createsAnother, let beginning = error.beginning, (200..<300).contains(beginning.status) {
                shown.tell(location: beginning.location, id: beginning.id, hiding: configuration.token)
            }
            return .failed(shown, .failure(error))
        }
        guard (200..<300).contains(response.status) else {
            let error = ReplicateError(response, hiding: configuration.token)
            return .failed(error, .status(response.status, retryAfter: error.retryAfter))
        }
        func unreadable(_ message: String) -> Attempt {
            var error = ReplicateError(.protocol, message)
            error.status = response.status
            if call.repetition == .createsAnother {
                error.tell(
                    location: response.header("location"), id: CutJSON.id(in: response.body), hiding: configuration.token)
            }
            return .failed(error, .unreadable)
        }
        switch call.result {
        case .nothing where response.body.allSatisfy { $0 <= 0x20 }: return .answered(Answer(json: .true, response: response))
        case .text:
            guard let text = String(validating: response.body, as: UTF8.self) else {
                return unreadable("the answer is not UTF-8 text")
            }
            return .answered(Answer(json: JSON(text), response: response))
        case .any:
            if response.body.isEmpty { return .answered(Answer(json: .true, response: response)) }
            if let text = String(validating: response.body, as: UTF8.self), (try? JSON(validating: response.body)) == nil {
                return .answered(Answer(json: JSON(text), response: response))
            }
        // It is gone, whatever the server says to it.
        case .nothing where (try? JSON(validating: response.body)) == nil:
            return .answered(Answer(json: .true, response: response))
        case .json, .nothing, .bytes: break
        }
        guard !response.body.isEmpty else { return unreadable("the answer is empty where JSON is due") }
        do throws(JSONError) {
            let json = try JSON(validating: response.body, depth: depth)
            return .answered(Answer(json: json, response: response))
        } catch {
            let type = response.header("content-type").map { " (\(ForeignText.cleaned($0, hiding: configuration.token)))" } ?? ""
            return unreadable("the answer\(type) is not JSON: \(error)")
        }
    }

    private func request(_ call: Call, _ patience: Configuration.Patience, within remaining: Duration) -> HTTPRequest {
        var request = HTTPRequest(
            method: call.method, url: call.path.hasPrefix("/") ? configuration.base.text + call.path : call.path)
        if let token = configuration.token { request.headers.append(("Authorization", "Bearer \(token)")) }
        request.headers.append(("User-Agent", configuration.userAgent))
        request.headers.append(("Accept", "application/json"))
        // A cached poll would show yesterday's status.
        request.headers.append(("Cache-Control", "no-store"))
        if call.body != nil { request.headers.append(("Content-Type", "application/json")) }
        for header in configuration.headers + call.headers { request.replaceHeader(header) }
        request.body = call.body
        request.form = call.form
        // A form has a type of its own, which names its boundary.
        if !call.form.isEmpty { request.headers.removeAll { $0.name.lowercased() == "content-type" } }
        request.takesGzip = true
        request.needsEnd = call.result == .text || call.result == .any
        request.outlivesCancel = call.outlivesCancel
        request.isDirect = configuration.base.isLocal
        request.skipsLine = call.repetition == .sameEndState
        request.limits.isFirm = patience.total != nil
        request.limits.connect = patience.connect
        request.limits.idle = patience.idle + call.held
        (request.limits.responseBytes, request.limits.headerBytes) = (patience.responseBytes, patience.headerBytes)
        request.limits.errorBytes = patience.errorBytes
        request.limits.total = max(remaining, .milliseconds(1))
        return request
    }
}
