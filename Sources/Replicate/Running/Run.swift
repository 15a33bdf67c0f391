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

    /// The part of `run` up to where the prediction is known.
    public func startRun(_ target: ModelReference, _ input: PredictionInput, _ options: Options)
        async throws(ReplicateError) -> Watch
    {
        let patience = configuration.patience.changed(by: options)
        let wait = Wait(options, default: .longest).within(patience.total)
        let start = await network.now()
        let createBy = await self.deadline(patience, plus: wait.held)
        let first = PredictionState(
            try await create(
                target, input, wait, options, patience, by: createBy, outlivesCancel: true))
        let following = Following(
            .prediction, first, held: wait != .none, interval: patience.pollInterval, deadline: patience.total.map { start + $0 })
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
    public func startWait(_ id: String, for job: Job = .prediction, _ options: Options) async throws(ReplicateError) -> Watch {
        let patience = configuration.patience.changed(by: options)
        let start = await network.now()
        let first = PredictionState(try await look(at: id, job, options, patience, by: await deadline(patience)))
        let following = Following(
            job, first, interval: patience.pollInterval, deadline: patience.total.map { start + $0 })
        return Watch(following, options, patience)
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
