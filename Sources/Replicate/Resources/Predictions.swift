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

    /// GET /predictions/{id}
    public func getPrediction(_ id: String, _ options: Options) async throws(ReplicateError) -> JSON {
        let patience = configuration.patience.changed(by: options)
        return try await getPrediction(id, patience, by: await deadline(patience))
    }

    /// GET /predictions, or the page at an URL that an earlier page gave as `next` or `previous`.
    public func listPredictions(page: String?, _ options: Options) async throws(ReplicateError) -> JSON {
        let patience = configuration.patience.changed(by: options)
        var path = "/predictions"
        if let page {
            guard let url = configuration.base.resolve(page) else {
                throw ReplicateError(
                    .invalidInput, "the page is not an URL of \(configuration.base.host), so the token cannot go there")
            }
            path = url
        }
        return try await send(Call(method: .get, path: path), patience, by: await deadline(patience)).json
    }

    /// POST /predictions/{id}/cancel
    public func cancelPrediction(_ id: String, _ options: Options) async throws(ReplicateError) -> JSON {
        let patience = configuration.patience.changed(by: options)
        return try await cancelPrediction(id, patience, by: await deadline(patience))
    }

    func create(
        _ target: ModelReference, _ input: PredictionInput, _ wait: Wait, _ options: Options, _ patience: Configuration.Patience,
        by deadline: ContinuousClock.Instant
    ) async throws(ReplicateError) -> JSON {
        var call: Call
        switch target {
        case .version(let version):
            call = Call(method: .post, path: "/predictions", body: input.body([("version", version)]))
        case .model(let owner, let name):
            let path = try "/models/\(segment(owner, "owner"))/\(segment(name, "name"))/predictions"
            call = Call(method: .post, path: path, body: input.body())
        case .deployment(let owner, let name):
            let path = try "/deployments/\(segment(owner, "owner"))/\(segment(name, "name"))/predictions"
            call = Call(method: .post, path: path, body: input.body())
        }
        call.repetition = .createsAnother
        call.held = wait.held
        if let prefer = wait.header { call.headers.append(("Prefer", prefer)) }
        if let lifetime = options.text(.cancelAfter) { call.headers.append(("Cancel-After", lifetime)) }
        return try await send(call, patience, by: deadline).json
    }

    func getPrediction(_ id: String, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant)
        async throws(ReplicateError) -> JSON
    {
        let path = try "/predictions/\(segment(id, "prediction id"))"
        return try await send(Call(method: .get, path: path), patience, by: deadline).json
    }

    func cancelPrediction(_ id: String, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant)
        async throws(ReplicateError) -> JSON
    {
        let path = try "/predictions/\(segment(id, "prediction id"))/cancel"
        return try await send(Call(method: .post, path: path, repetition: .sameEndState), patience, by: deadline).json
    }

    private func segment(_ text: String, _ argument: String) throws(ReplicateError) -> String {
        try PathSegment.encoded(text, argument: argument)
    }
}
