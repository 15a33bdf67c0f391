// `run` and `wait`: one call that ends when the prediction, or the training, does.

extension Client {
    /// Called with a snapshot when it is new: after the create, and whenever a poll shows a change.
    public typealias Observer = @Sendable (JSON) -> Void

    /// How long the cancel of a prediction that was given up may take.
    public static let cancelTime: Duration = .seconds(5)

    /// Creates a prediction and waits for its end. If the deadline passes or the task is canceled first, the error holds
    /// the prediction, for `abandon` to cancel it on the server. A create that has been sent is answered before a cancel
    /// takes effect: without its answer nobody knows what to cancel.
    public func run(_ target: ModelReference, _ input: PredictionInput, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> JSON
    {
        let patience = configuration.patience.changed(by: options)
        let wait = Wait(options, default: .longest).within(patience.total)
        let start = await network.now()
        let deadline = patience.total.map { start + $0 }
        let createBy = await self.deadline(patience, plus: wait.held)
        let first = PredictionState(
            try await create(
                target, input, wait, options, patience, by: createBy, outlivesCancel: true))
        return try await follow(.prediction, first, held: wait != .none, options, patience, deadline) { onUpdate?($0) }
    }

    /// Waits for the end of a prediction or training that exists; the first look is at once. It is not canceled on the
    /// server.
    public func wait(_ id: String, for job: Job = .prediction, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> JSON
    {
        let patience = configuration.patience.changed(by: options)
        let start = await network.now()
        let first = PredictionState(try await look(at: id, job, options, patience, by: await deadline(patience)))
        let deadline = patience.total.map { start + $0 }
        return try await follow(job, first, held: false, options, patience, deadline) { onUpdate?($0) }
    }

    /// Cancels a prediction that nobody waits for any longer; false if it was not to be had within the time.
    @discardableResult
    public func abandon(_ prediction: JSON, within time: Duration = cancelTime) async -> Bool {
        guard let id = prediction["id"]?.string,
            let call = try? call(.predictionsCancel, [id], nil, Options())
        else { return true }
        let answer = try? await send(call, configuration.patience, by: await network.now() + time)
        return answer != nil
    }

    /// Polls from a first snapshot to the last; each that is new is shown to `see`, the first too.
    func follow(
        _ job: Job, _ first: PredictionState, held: Bool, _ options: Options, _ patience: Configuration.Patience,
        _ deadline: ContinuousClock.Instant?, see: (JSON) async throws(ReplicateError) -> Void
    ) async throws(ReplicateError) -> JSON {
        let schedule = PollSchedule(interval: patience.pollInterval, deadline: deadline)
        var history = PollHistory()
        var state = first
        // Of the create's own answer alone: a poll that shows "processing" is in the middle of it, whatever it has put out.
        var held = held
        try await see(state.snapshot)
        while !state.isFinished(afterHeldCreate: held) {
            held = false
            if let objection = history.objection(to: state, job, at: await network.now()) {
                throw error(.protocol, objection, state)
            }
            try await pause(schedule, job, state)
            let snapshot: PredictionState
            do throws(ReplicateError) {
                snapshot = try await look(again: state, job, options, patience, deadline)
                guard snapshot.id == state.id else {
                    throw ReplicateError(.protocol, "the answer is not the \(job.rawValue) that was asked for")
                }
                history.succeeded()
            } catch {
                guard history.isLast(error) else { continue }
                var error = error
                error.prediction = state.snapshot
                throw error
            }
            if snapshot.differs(from: state) { try await see(snapshot.snapshot) }
            state = snapshot
        }
        if let failure = state.failure(of: job) { throw failure }
        return state.snapshot
    }

    /// One poll. A single look is bounded even where the wait is not.
    private func look(
        again state: PredictionState, _ job: Job, _ options: Options, _ patience: Configuration.Patience,
        _ deadline: ContinuousClock.Instant?
    ) async throws(ReplicateError) -> PredictionState {
        let usual = await network.now() + Configuration.defaultRequestTime
        let by = deadline.map { min($0, usual) } ?? usual
        return PredictionState(try await look(at: state.id ?? "", job, options, patience, by: by))
    }

    func look(
        at id: String, _ job: Job, _ options: Options, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant
    ) async throws(ReplicateError) -> JSON {
        try await send(call(job.get, [id], nil, options), patience, by: deadline).json
    }

    private func pause(_ schedule: PollSchedule, _ job: Job, _ state: PredictionState) async throws(ReplicateError) {
        let next = schedule.next(after: await network.now(), random: await network.random())
        do {
            switch next {
            case .poll(let instant): try await network.sleep(until: instant)
            case .giveUp(let instant):
                try await network.sleep(until: instant)
                throw error(.timeout, "the deadline passed before the \(job.rawValue) ended", state)
            }
        } catch let error as ReplicateError {
            throw error
        } catch {
            throw self.error(.canceled, "canceled while the \(job.rawValue) was running", state)
        }
    }

    private func error(_ kind: ReplicateError.Kind, _ message: String, _ state: PredictionState) -> ReplicateError {
        var error = ReplicateError(kind, message)
        error.prediction = state.snapshot
        return error
    }
}
