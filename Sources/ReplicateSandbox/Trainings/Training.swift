// A training is a prediction in all but its request and its answer: it starts, runs, ends and is cancelled alike.

import Replicate

extension Prediction {
    func trainingJSON(base: String) -> [UInt8] {
        var object = JSONObject()
        object.add("id", id)
        object.add("model", order.model.path)
        object.add("version", order.model.id)
        object.add("destination", orNull: order.destination?.text)
        object.add("input", raw: order.input.json.bytes)
        object.add("logs", logs)
        add(outputTo: &object, base: base)
        object.add("error", orNull: error)
        object.add("source", "api")
        object.add("status", status.rawValue)
        object.add("created_at", createdAt.text)
        if let startedAt { object.add("started_at", startedAt.text) }
        if let completedAt { object.add("completed_at", completedAt.text) }
        if let webhook = order.webhook { object.add("webhook", webhook) }
        if let filter = order.webhookEventsFilter { object.add("webhook_events_filter", raw: filter) }
        object.add("metrics", metrics)
        var urls = JSONObject()
        urls.add("get", "\(base)/v1/trainings/\(id)")
        urls.add("cancel", "\(base)/v1/trainings/\(id)/cancel")
        urls.add("web", "\(base)/p/\(id)")
        object.add("urls", urls)
        return object.text
    }
}

/// The body of the operation that creates one.
struct TrainingRequest: Sendable {
    var destination: FullName
    var input: JSON
    var webhook: String?
    var webhookEventsFilter: JSON?

    static func parse(_ body: [UInt8]) throws(Problem) -> TrainingRequest {
        var fields = try FieldReader(body)
        fields.require(["destination", "input"])
        let destination = fields.text("destination")
        let input = fields.value("input", .object)
        let webhook = fields.webURL("webhook")
        let events = fields.webhookEvents()
        if let destination, FullName(destination) == nil {
            fields.refuse("destination", kind: "format", "destination must have the form owner/name")
        }
        try fields.check()
        guard let input, let destination = destination.flatMap({ FullName($0) }) else {
            throw .invalid([.required("destination", in: "")])
        }
        return TrainingRequest(destination: destination, input: input, webhook: webhook, webhookEventsFilter: events)
    }

    /// An order for the training's run, or what is wrong with its input.
    func order(for version: ModelVersion) throws(Problem) -> Prediction.Order {
        guard let schema = version.training, let model = version.model as? any TrainableModel else {
            throw .badRequest("The model \(version.path) cannot be trained.")
        }
        let checked = ModelInput(input, schema: schema)
        let violations = schema.violations(of: input, at: "input")
        guard violations.isEmpty else { throw .invalid(violations) }
        let others = model.trainingViolations(checked)
        guard others.isEmpty else { throw .invalid(others) }
        return Prediction.Order(
            model: version, input: checked, webhook: webhook,
            webhookEventsFilter: webhookEventsFilter.map { Array($0.bytes) }, destination: destination)
    }
}
