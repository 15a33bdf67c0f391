// What the polls of one wait have shown so far, and when that is reason to give up. No clock, no I/O.

struct PollHistory: Sendable {
    /// So many polls in a row may fail before a running, paid prediction is given up.
    static let failuresAllowed = 10
    /// A status that nobody knows is waited for this long, and no longer.
    static let unknownStatusTime: Duration = .seconds(600)

    private var failures = 0
    private var unknownSince: ContinuousClock.Instant?

    /// True when this failure was one too many, or of a sort that another look will not mend. An answer that cannot be
    /// read is no reason to give a paid prediction up at once.
    mutating func isLast(_ error: ReplicateError) -> Bool {
        failures += 1
        return !(error.retryable || error.kind == .protocol) || failures >= Self.failuresAllowed
    }

    /// Nil, or why this state is no longer worth waiting on.
    mutating func objection(to state: PredictionState, _ job: Job, at now: ContinuousClock.Instant) -> String? {
        guard state.id != nil else { return "the \(job.rawValue) in the answer has no id" }
        guard case .unknown(let word) = state.status else {
            unknownSince = nil
            return nil
        }
        let since = unknownSince ?? now
        unknownSince = since
        guard now - since >= Self.unknownStatusTime else { return nil }
        return "the status \"\(ForeignText.cleaned(word))\" is not one that this library knows"
    }

    mutating func succeeded() { failures = 0 }
}
