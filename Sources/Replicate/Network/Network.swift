// The seam between what the client decides and what the machine does: everything above it runs in tests against a
// scripted network with a clock of its own.

protocol Network: Actor {
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse

    /// Sends a request and returns when the head of its answer is there. `close` it in any case.
    func open(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPStream

    /// The bytes that have come since, at least one; nil at the end. While nobody reads, little more than `BodyStream`'s
    /// buffer is taken from the server.
    func read(_ stream: HTTPStream) async throws(TransportFailure) -> [UInt8]?

    /// Ends the exchange wherever it is.
    func close(_ stream: HTTPStream)

    /// Ends early only when the task is canceled.
    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError)

    func now() -> ContinuousClock.Instant

    var justMade: JustMade { get set }

    /// Uniform in 0..<1, for jitter.
    func random() -> Double
}
