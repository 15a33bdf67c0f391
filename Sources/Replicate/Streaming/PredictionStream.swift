// The events of a stream, one connection after the other until `done`: what is read, what is dropped because it came twice, and
// when to connect again. The token is not sent: the stream's address is the key to it, and its host is not always the API's.

/// Takes a batch of events, and may be long about it: the transfer waits meanwhile.
public typealias Deliver = @Sendable (EventBatch) async throws(ReplicateError) -> Void

struct StreamReader: Sendable {
    private var parser: EventParser
    private var filter = ReplayFilter()
    private var policy = ResumePolicy()
    private(set) var isDone = false
    /// The data of an `error` event.
    private(set) var failure: String?

    init(_ patience: Configuration.Patience, mayBeAbsent: Bool) {
        parser = EventParser(limit: patience.eventBytes)
        policy.mayBeAbsent = mayBeAbsent
        policy.longestRetryAfter = patience.longestRetryWait / .seconds(1)
    }

    var lastEventID: [UInt8] { filter.lastEventID }

    mutating func beginConnection() {
        parser.beginConnection(lastEventID: filter.lastEventID)
        filter.beginConnection()
    }

    /// The new events in these bytes, and why nothing can be read after them. What comes after `done`, or `error`, is none of ours.
    mutating func read(_ bytes: [UInt8]) -> (EventBatch, EventParser.Failure?) {
        var batch = EventBatch()
        guard !isDone, failure == nil else { return (batch, nil) }
        var problem: EventParser.Failure?
        do throws(EventParser.Failure) {
            try bytes.withUnsafeBufferPointer { (bytes) throws(EventParser.Failure) in
                try parser.feed(UnsafeRawBufferPointer(bytes), into: &batch)
            }
        } catch {
            problem = error
        }
        filter.apply(to: &batch)
        for index in 0..<batch.count {
            guard let event = batch.event(at: index) else { continue }
            if event.elementsEqual("error".utf8) {
                failure = batch.data(at: index).map { String(decoding: $0, as: UTF8.self) }
            } else if EventBlock.isDone(event) {
                isDone = true
            } else {
                continue
            }
            // What comes behind it may be in the same piece, or in one that nobody waits for.
            batch.remove((index + 1)..<batch.count)
            break
        }
        return (batch, isDone || failure != nil ? nil : problem)
    }

    var deliveredCount: Int { filter.deliveredCount }

    mutating func decide(after ending: ResumePolicy.Ending, hadNewEvents: Bool, random: Double) -> ResumePolicy.Decision {
        policy.decide(
            after: ending, isDone: isDone || failure != nil, hadNewEvents: hadNewEvents,
            retryMilliseconds: parser.retryMilliseconds, random: random)
    }
}

extension Client {
    /// Reads a stream to its end. Throws `truncated` where it stops without one, and what an `error` event says. False where
    /// it cannot be read at all and the caller `mayPoll` instead.
    func readStream(
        at url: String, mayPoll: Bool = false, mayBeAbsent: Bool = false, _ patience: Configuration.Patience,
        until deadline: ContinuousClock.Instant?,
        _ deliver: Deliver
    ) async throws(ReplicateError) -> Bool {
        var reader = StreamReader(patience, mayBeAbsent: mayBeAbsent)
        let missed = ReplicateError.expired(patience.total, "before the stream was done")
        var attempt = 0
        var tries: [FailedAttempt] = []
        while true {
            attempt += 1
            let start = await network.now()
            let before = reader.deliveredCount
            let (ending, reason) = try await readConnection(&reader, url, patience, deadline, attempt: attempt, deliver)
            if !reader.isDone, reader.failure == nil, let deadline {
                if ending.isPastDeadline { throw missed }
                if await network.now() >= deadline { throw missed }
            }
            let decision = reader.decide(
                after: ending, hadNewEvents: reader.deliveredCount > before, random: await network.random())
            switch decision {
            case .finished:
                if let failure = reader.failure { throw Self.error(event: failure) }
                return true
            case .truncated:
                var error = reason ?? ReplicateError(.truncated, "the stream ended before it was done")
                if ![.canceled, .protocol, .internal].contains(error.kind) { error.kind = .truncated }
                if mayPoll, error.kind == .truncated, reader.deliveredCount == 0 { return false }
                error.attempts = attempt
                error.attemptList = tries + [FailedAttempt(error, seconds: (await network.now() - start) / .seconds(1))]
                throw error
            case .reconnect(let seconds):
                let next = await network.now() + .seconds(seconds)
                if let deadline, next >= deadline { throw missed }
                let error = reason ?? ReplicateError(.truncated, "the stream ended before it was done")
                if tries.count == FailedAttempt.mostListed { tries.removeFirst() }
                tries.append(FailedAttempt(error, seconds: (await network.now() - start) / .seconds(1), wait: seconds))
                if let last = tries.last { tell(last, number: attempt, of: .get, url) }
                do { try await network.sleep(until: next) } catch _ {
                    throw ReplicateError(.canceled, "canceled between two connections of the stream")
                }
            }
        }
    }

    /// What an `error` event says: {"detail": …}, or plain text.
    private static func error(event data: String) -> ReplicateError {
        let detail = (try? JSON(validating: data))?["detail"]?.string ?? data
        let meaning = FailureText.meaning(detail)
        let text = ForeignText.cleaned(detail)
        var error = ReplicateError(meaning.kind, text.isEmpty ? "the stream ended with an error" : text)
        error.detail = text.isEmpty ? nil : text
        error.retryable = meaning.retryable
        error.code = meaning.code
        return error
    }

    /// One connection. Gives how it ended, and the error that this would be if nothing followed.
    private func readConnection(
        _ reader: inout StreamReader, _ url: String, _ patience: Configuration.Patience,
        _ deadline: ContinuousClock.Instant?, attempt: Int, _ deliver: Deliver
    ) async throws(ReplicateError) -> (ResumePolicy.Ending, ReplicateError?) {
        let request = streamRequest(url, reader.lastEventID, patience, within: deadline, at: await network.now())
        reader.beginConnection()
        let host = WebURL(url)?.origin.host ?? "the stream's host"
        let stream: HTTPStream
        do throws(TransportFailure) {
            stream = try await open(request, attempt: attempt)
        } catch {
            return (.failure(error), ReplicateError(error, limits: request.limits, host: host))
        }
        do throws(ReplicateError) {
            let result = try await readBody(&reader, stream, request, host, deliver)
            await network.close(stream)
            return result
        } catch {
            await network.close(stream)
            throw error
        }
    }

    private func readBody(
        _ reader: inout StreamReader, _ stream: HTTPStream, _ request: HTTPRequest, _ host: String, _ deliver: Deliver
    ) async throws(ReplicateError) -> (ResumePolicy.Ending, ReplicateError?) {
        let response = stream.response
        guard response.status == 200 else {
            var refusal = response
            refusal.body = await beginning(of: stream, request.limits.errorBytes)
            let error = ReplicateError(refusal, hiding: configuration.token)
            return (.status(response.status, retryAfter: error.retryAfter), error)
        }
        let type = response.header("content-type") ?? "no type"
        guard type.lowercased().hasPrefix("text/event-stream") else {
            let shown = ForeignText.cleaned(type, hiding: configuration.token)
            return (.notAStream, ReplicateError(.protocol, "\(host) answered with \(shown) where a stream of events is due"))
        }
        while !reader.isDone, reader.failure == nil {
            let bytes: [UInt8]?
            do throws(TransportFailure) {
                bytes = try await network.read(stream)
            } catch {
                return (.failure(error), ReplicateError(error, limits: request.limits, host: host))
            }
            guard let bytes else { break }
            let (batch, problem) = reader.read(bytes)
            if !batch.isEmpty { try await deliver(batch) }
            if let problem { throw ReplicateError(.protocol, problem.message) }
        }
        return (.closed, nil)
    }

    private func streamRequest(
        _ url: String, _ lastEventID: [UInt8], _ patience: Configuration.Patience,
        within deadline: ContinuousClock.Instant?, at now: ContinuousClock.Instant
    ) -> HTTPRequest {
        var request = HTTPRequest(method: .get, url: url)
        request.isDirect = WebURL(url)?.origin.isLocal == true
        request.headers = [
            ("User-Agent", configuration.userAgent), ("Accept", "text/event-stream"), ("Accept-Encoding", "identity"),
            ("Cache-Control", "no-store"),
        ]
        // An id that came in a stream may hold what a header cannot.
        let id = String(decoding: lastEventID, as: UTF8.self)
        if !id.isEmpty, id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { request.headers.append(("Last-Event-ID", id)) }
        request.isPublicOnly = patience.refusesPrivate && WebURL(url)?.origin != configuration.base.origin
        request.limits.connect = patience.connect
        request.limits.idle = patience.idle
        (request.limits.headerBytes, request.limits.errorBytes) = (patience.headerBytes, patience.errorBytes)
        request.limits.total = deadline.map { max($0 - now, .milliseconds(1)) }
        request.limits.whole = patience.total
        return request
    }
}
