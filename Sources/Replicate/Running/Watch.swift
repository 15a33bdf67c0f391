// A prediction, or training, that is waited for, with what each look at it needs. A wait may go on in a task of its own
// (`follow`), or look by look in tasks that end in between, so that ten thousand waits cost no more than their snapshots.

public struct Watch: Sendable {
    var following: Following
    private let options: Options
    private let patience: Configuration.Patience

    init(_ following: Following, _ options: Options, _ patience: Configuration.Patience) {
        self.following = following
        self.options = options.ofLooks
        self.patience = patience
    }

    /// As it was last seen.
    public var snapshot: JSON { following.state.snapshot }

    /// What is left needs no request.
    public var isOver: Bool { following.isOver }

    public var deadline: ContinuousClock.Instant? { following.deadline }

    public enum Next: Sendable {
        /// Then a look is due; or, once `isOver`, nothing but the end.
        case pause(until: ContinuousClock.Instant)
        case ended(Result<JSON, ReplicateError>)
    }

    /// What is next, from the start or from a look on.
    public mutating func next(_ client: Client) async -> Next {
        following.next(at: await client.network.now(), random: await client.network.random())
    }

    /// One look, once the pause is over; true if it shows something new. In a canceled task it is the end of the wait.
    public mutating func look(_ client: Client) async -> Bool {
        if Task.isCancelled { following.cancel() }
        if following.isOver { return false }
        let now = await client.network.now()
        // A single look is bounded even where the wait is not.
        var by = now + Configuration.defaultRequestTime
        if let deadline = following.deadline {
            if deadline <= now {
                following.expire()
                return false
            }
            by = min(deadline, by)
        }
        do throws(ReplicateError) {
            let answer = try await client.look(at: following.state.id ?? "", following.job, options, patience, by: by)
            return following.saw(answer)
        } catch {
            following.failed(error)
            return false
        }
    }
}

extension Client {
    /// Looks from the first snapshot to the last; each that is new is shown to `see`, the first too.
    func follow(_ watch: Watch, see: (JSON) async throws(ReplicateError) -> Void) async throws(ReplicateError) -> JSON {
        var watch = watch
        try await see(watch.snapshot)
        while true {
            switch await watch.next(self) {
            case .ended(let result): return try result.get()
            case .pause(let instant):
                do throws(CancellationError) {
                    try await network.sleep(until: instant)
                } catch {
                    watch.following.cancel()
                }
                if await watch.look(self) { try await see(watch.snapshot) }
            }
        }
    }

    func look(
        at id: String, _ job: Job, _ options: Options, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant
    ) async throws(ReplicateError) -> JSON {
        try await send(call(job.get, [id], nil, options), patience, by: deadline).json
    }
}
