// trainings.*

extension API {
    func createTraining(_ name: FullName, _ version: String, _ call: Call) async throws(Problem) -> Answer {
        let version = try await services.catalogue.version(name, id: version)
        let body = try TrainingRequest.parse(call.body())
        guard version.training != nil else { throw .badRequest("The model \(name.text) cannot be trained.") }
        try await services.catalogue.checkDestination(body.destination)
        var order = try body.order(for: version)
        order.base = call.base
        let training = try await services.trainings.create(order)
        let location = "\(call.base)/v1/trainings/\(training.id)"
        return Answer(201, headers: [("Location", location)], body: training.trainingJSON(base: call.base))
    }

    func training(_ id: String, _ call: Call) async throws(Problem) -> Answer {
        guard let training = await services.trainings.prediction(id) else { throw .notFound }
        return Answer(body: training.trainingJSON(base: call.base))
    }

    func cancelTraining(_ id: String, _ call: Call) async throws(Problem) -> Answer {
        guard let training = await services.trainings.cancel(id) else { throw .notFound }
        return Answer(body: training.trainingJSON(base: call.base))
    }

    func listTrainings(_ call: Call) async throws(Problem) -> Answer {
        var query = ListQuery()
        query.cursor = try call.query().cursor()
        let page = await services.trainings.page(query, limit: Call.predictionPage)
        return await call.answer(page) { $0.trainingJSON(base: call.base) }
    }
}
