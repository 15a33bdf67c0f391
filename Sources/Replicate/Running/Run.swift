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
        try await follow(try await startRun(target, input, options)) { onUpdate?($0) }
    }

    /// The part of `run` up to where the prediction is known. `deadline`: of one that was called for earlier than now.
    public func startRun(
        _ target: ModelReference, _ input: PredictionInput, _ options: Options, by deadline: ContinuousClock.Instant? = nil,
        telling tell: Creation = Creation()
    ) async throws(ReplicateError) -> Watch {
        let patience = configuration.patience.changed(by: options)
        let left = try await left(until: deadline, patience, delivery: .notSent)
        // The moment from the call to here is no reason to hold the answer for a second less.
        let wait = Wait(options, default: .longest).within(deadline == nil ? left : left.map { $0 + .milliseconds(100) })
        let now = await network.now()
        let end = left.map { now + $0 }
        let first = PredictionState(
            try await create(
                target, input, wait, options, patience, by: end, outlivesCancel: true, telling: tell))
        let following = Following(
            .prediction, first, held: wait != .none, interval: patience.pollInterval, deadline: end, limit: patience.total)
        return Watch(following, options, patience)
    }

    /// Waits for the end of a prediction or training that exists; the first look is at once. It is not canceled on the
    /// server.
    public func wait(_ id: String, for job: Job = .prediction, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> JSON
    {
        try await follow(try await startWait(id, for: job, options)) { onUpdate?($0) }
    }

    /// The part of `wait` up to the first look's answer.
    public func startWait(
        _ id: String, for job: Job = .prediction, _ options: Options, by deadline: ContinuousClock.Instant? = nil
    ) async throws(ReplicateError) -> Watch {
        let patience = configuration.patience.changed(by: options)
        let left = try await left(until: deadline, patience, delivery: nil)
        let now = await network.now()
        let end = left.map { now + $0 }
        let first = PredictionState(
            try await look(at: id, job, options, patience, by: end ?? now + Configuration.defaultRequestTime))
        let following = Following(job, first, interval: patience.pollInterval, deadline: end, limit: patience.total)
        return Watch(following, options, patience)
    }

    /// The time for the whole, or what is left of it to a call that waited for its turn.
    private func left(
        until deadline: ContinuousClock.Instant?, _ patience: Configuration.Patience, delivery: ReplicateError.Delivery?
    ) async throws(ReplicateError) -> Duration? {
        guard let deadline else { return patience.total }
        let left = deadline - (await network.now())
        if left > .zero { return left }
        var error = ReplicateError.expired(patience.total, "before anything could be sent: others were before it")
        error.delivery = delivery
        throw error
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
}
