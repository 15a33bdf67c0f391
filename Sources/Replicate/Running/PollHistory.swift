// What the polls of one wait have shown so far, and when that is reason to give up. No clock, no I/O.

struct PollHistory: Sendable {
    /// So many polls in a row may fail before a running, paid prediction is given up.
    static let failuresAllowed = 10
    /// A status that nobody knows is waited for this long, and no longer.
    static let unknownStatusTime: Duration = .seconds(600)

    /// What was just made may not be known everywhere yet; for this long "not found" is no answer.
    static let absenceTime: Duration = .seconds(5)

    private var failures = 0
    /// Nil once it was there.
    private var absentUntil: ContinuousClock.Instant?
    private var unknownSince: ContinuousClock.Instant?

    /// `created`: when it was made, if that was just now.
    init(created: ContinuousClock.Instant? = nil) { absentUntil = created.map { $0 + Self.absenceTime } }

    /// True when this failure was one too many, or of a sort that another look will not mend. An answer that cannot be
    /// read is no reason to give a paid prediction up at once.
    mutating func isLast(_ error: ReplicateError, at now: ContinuousClock.Instant) -> Bool {
        if error.kind == .notFound, let absentUntil, now < absentUntil { return false }
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

    mutating func succeeded() { (failures, absentUntil) = (0, nil) }
}
