// One prediction, or training, on its way to its end: what was seen of it, and so what is to be done next. No clock, no I/O,
// and no task: who follows it asks `next`, waits, looks, and tells what the look has shown.

struct Following: Sendable {
    let job: Job
    let deadline: ContinuousClock.Instant?
    /// What the caller set for the whole, for who reads why it ended.
    private let limit: Duration?
    /// As it was last seen.
    private(set) var state: PredictionState
    private let interval: Duration
    private var history = PollHistory()
    /// Of the create's own answer alone: a poll that shows "processing" is in the middle of it, whatever it has put out.
    private var held: Bool
    /// Why it is no longer followed.
    private var end: ReplicateError?

    init(
        _ job: Job, _ first: PredictionState, held: Bool = false, interval: Duration, deadline: ContinuousClock.Instant? = nil,
        limit: Duration? = nil
    ) {
        self.limit = limit
        self.job = job
        self.deadline = deadline
        self.interval = interval
        self.held = held
        state = first
    }

    /// What is left needs no look.
    var isOver: Bool { end != nil }

    /// Asked at the start, and after each look. `random` is uniform in 0..<1.
    mutating func next(at now: ContinuousClock.Instant, random: Double) -> Watch.Next {
        if let end { return .ended(.failure(end)) }
        if state.isFinished(afterHeldCreate: held) {
            return .ended(state.failure(of: job).map { .failure($0) } ?? .success(state.snapshot))
        }
        held = false
        if let objection = history.objection(to: state, job, at: now) {
            return .ended(.failure(error(.protocol, objection)))
        }
        switch PollSchedule(interval: interval, deadline: deadline).next(after: now, random: random) {
        case .poll(let instant): return .pause(until: instant)
        case .giveUp(let instant):
            expire()
            return .pause(until: instant)
        }
    }

    /// The look's answer; true if it is new to one who has seen all before.
    mutating func saw(_ answer: JSON) -> Bool {
        let seen = PredictionState(answer)
        guard seen.id == state.id else {
            failed(ReplicateError(.protocol, "the answer is not the \(job.rawValue) that was asked for"))
            return false
        }
        history.succeeded()
        let isNew = seen.differs(from: state)
        state = seen
        return isNew
    }

    /// The look failed; that is not the end yet, unless it will not get better.
    mutating func failed(_ error: ReplicateError) {
        guard history.isLast(error) else { return }
        var error = error
        error.prediction = state.snapshot
        end = error
    }

    /// Nobody wants to know any longer.
    mutating func cancel() { end = error(.canceled, "canceled while the \(job.rawValue) was running") }

    /// The deadline is there.
    mutating func expire() { end = seen(.expired(limit, "before the \(job.rawValue) ended")) }

    private func error(_ kind: ReplicateError.Kind, _ message: String) -> ReplicateError { seen(ReplicateError(kind, message)) }

    private func seen(_ error: ReplicateError) -> ReplicateError {
        var error = error
        error.prediction = state.snapshot
        return error
    }
}
