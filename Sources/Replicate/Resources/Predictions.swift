// The prediction operations of the API. Each gives back the server's own JSON.

extension Client {
    /// POST /predictions, /models/…/predictions or /deployments/…/predictions.
    public func createPrediction(_ target: ModelReference, _ input: PredictionInput, _ options: Options)
        async throws(ReplicateError)
        -> JSON
    {
        let patience = configuration.patience.changed(by: options)
        let wait = Wait(options, default: .none)
        let deadline = await deadline(patience, plus: wait.held)
        return try await create(target, input, wait, options, patience, by: deadline)
    }

    func create(
        _ target: ModelReference, _ input: PredictionInput, _ wait: Wait, _ options: Options, _ patience: Configuration.Patience,
        by deadline: ContinuousClock.Instant, outlivesCancel: Bool = false
    ) async throws(ReplicateError) -> JSON {
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
        return try await send(call, patience, by: deadline).json
    }
}
