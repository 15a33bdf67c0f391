// How predictions and trainings begin: their files are sent, and then the create. Each gives back the server's own JSON.

extension Client {
    /// POST /predictions, /models/…/predictions or /deployments/…/predictions.
    public func createPrediction(
        _ target: ModelReference, _ input: PredictionInput, _ options: Options, telling tell: Creation = Creation()
    ) async throws(ReplicateError) -> JSON {
        let patience = configuration.patience.changed(by: options)
        let now = await network.now()
        let deadline = patience.total.map { now + $0 }
        return try await create(target, input, Wait(options, default: .none), options, patience, by: deadline, telling: tell)
    }

    /// POST /models/…/trainings. `arguments`: owner, name and version.
    public func createTraining(
        _ arguments: [String], _ input: PredictionInput, _ options: Options, telling tell: Creation = Creation()
    ) async throws(ReplicateError) -> JSON {
        let patience = configuration.patience.changed(by: options)
        let now = await network.now()
        let deadline = patience.total.map { now + $0 }
        let whole = try await sendFiles(of: input, options, patience, by: deadline, onUpload: tell.upload)
        tell.begin()
        let call = try self.call(.trainingsCreate, arguments, whole.body(), options)
        let end = await network.now() + Configuration.defaultRequestTime
        return try await make(call, patience, by: deadline ?? end)
    }

    /// Of an answer that is cut after the id there is the id to wait for, or to cancel.
    private func make(_ call: Call, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant)
        async throws(ReplicateError) -> JSON
    {
        do throws(ReplicateError) {
            let job = try await send(call, patience, by: deadline).json
            await network.wasMade(job)
            return job
        } catch {
            var error = error
            if let made = error.made {
                let job = JSON(object: [("id", made)])
                await network.wasMade(job)
                error.prediction = job
            }
            throw error
        }
    }

    /// What is told of a create before it is answered.
    public struct Creation: Sendable {
        /// How far the input's files are.
        var upload: Observer?
        /// The files are there; from here on a prediction can come of it.
        var begin: @Sendable () -> Void

        public init(upload: Observer? = nil, begin: @escaping @Sendable () -> Void = {}) {
            (self.upload, self.begin) = (upload, begin)
        }
    }

    /// `deadline`: of the caller, for the files too.
    func create(
        _ target: ModelReference, _ input: PredictionInput, _ wait: Wait, _ options: Options, _ patience: Configuration.Patience,
        by deadline: ContinuousClock.Instant?, outlivesCancel: Bool = false, telling tell: Creation
    ) async throws(ReplicateError) -> JSON {
        var wait = wait
        var input = input
        if !input.attachments.isEmpty {
            input = try await sendFiles(of: input, options, patience, by: deadline, onUpload: tell.upload)
            let now = await network.now()
            wait = wait.within(deadline.map { $0 - now })
        }
        tell.begin()
        var call: Call
        switch target {
        case .version(let version):
            call = try self.call(.predictionsCreate, [], input.body([("version", version)]), options)
        case .model(let owner, let name):
            call = try self.call(.modelsPredictionsCreate, [owner, name], input.body(), options)
        case .deployment(let owner, let name):
            call = try self.call(.deploymentsPredictionsCreate, [owner, name], input.body(), options)
        }
        call.held = wait.held
        call.outlivesCancel = outlivesCancel
        if let prefer = wait.header { call.headers.append(("Prefer", prefer)) }
        if let lifetime = options.text(.cancelAfter) { call.headers.append(("Cancel-After", lifetime)) }
        let end = await network.now() + Configuration.defaultRequestTime + wait.held
        return try await make(call, patience, by: deadline ?? end)
    }
}
