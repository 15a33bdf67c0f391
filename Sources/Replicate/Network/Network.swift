// The seam between what the client decides and what the machine does: everything above it runs in tests against a
// scripted network with a clock of its own.

protocol Network: Actor {
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse

    /// Ends early only when the task is canceled.
    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError)

    func now() -> ContinuousClock.Instant

    /// Uniform in 0..<1, for jitter.
    func random() -> Double
}
