// predictions.*, and the predictions of models and deployments.

extension API {
    func createPrediction(_ call: Call) async throws(Problem) -> Answer {
        let body = try PredictionRequest.parse(call.body(), namesVersion: true)
        return try await create(body, services.catalogue.resolve(body.version ?? ""), call)
    }

    func createPrediction(model name: FullName, _ call: Call) async throws(Problem) -> Answer {
        guard let version = try await services.catalogue.model(name).versions.first else { throw .unknownVersion }
        return try await create(.parse(call.body(), namesVersion: false), version, call)
    }

    func createPrediction(deployment name: FullName, _ call: Call) async throws(Problem) -> Answer {
        let version = try await services.catalogue.deployment(name).release.version
        let body = try PredictionRequest.parse(call.body(), namesVersion: false)
        return try await create(body, version, call, deployment: name)
    }

    private func create(
        _ body: PredictionRequest, _ version: ModelVersion, _ call: Call, deployment: FullName? = nil
    ) async throws(Problem) -> Answer {
        let preference: Preference
        let cancelAfter: CancelAfter?
        let dropStreamAfter: DropStreamAfter?
        do throws(SchemaViolation) {
            preference = try Preference.parse(call.request.prefer)
            cancelAfter = try CancelAfter.parse(call.request.cancelAfter)
            dropStreamAfter = try DropStreamAfter.parse(call.request.dropStreamAfter)
        } catch {
            throw .invalid([error])
        }
        var order = try body.order(for: version, deployment: deployment?.text, cancelAfter: cancelAfter)
        order.base = call.base
        order.dropStreamAfter = dropStreamAfter?.events
        var prediction = try await services.predictions.create(order)
        if let deployment { await services.catalogue.use(deployment) }
        var status = 201
        var headers = [("Location", "\(call.base)/v1/predictions/\(prediction.id)")]
        if let seconds = preference.wait {
            prediction = await services.predictions.ended(prediction.id, within: Double(seconds)) ?? prediction
            if !prediction.status.isTerminal { status = 202 }
            headers.append(("Preference-Applied", "wait=\(seconds)"))
        }
        let json = prediction.json(base: call.base, isHeld: preference.wait != nil)
        return Answer(status, headers: headers, body: json)
    }

    func cancelPrediction(_ id: String, _ call: Call) async throws(Problem) -> Answer {
        if let prediction = await services.predictions.cancel(id) {
            return Answer(body: prediction.json(base: call.base))
        }
        return Answer(body: try await services.prediction(id).json(base: call.base))
    }

    func listPredictions(_ call: Call) async throws(Problem) -> Answer {
        let query = try ListQuery.parse(call.request.query)
        let page = await services.predictions.page(query, limit: Call.predictionPage)
        return await call.answer(page, filters: query.filters) { $0.json(base: call.base) }
    }
}
