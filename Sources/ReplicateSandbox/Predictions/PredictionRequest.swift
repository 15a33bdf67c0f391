// The body of the creating operations, read and checked.

import Replicate

struct PredictionRequest: Sendable {
    var version: String?
    var input: JSON
    var webhook: String?
    var webhookEventsFilter: JSON?

    /// - Parameter namesVersion: whether the body must say which version runs, or must not.
    static func parse(_ body: [UInt8], namesVersion: Bool) throws(Problem) -> PredictionRequest {
        var fields = try FieldReader(body)
        let own = namesVersion ? ["version", "input"] : ["input"]
        fields.refuseOthers(than: own + ["webhook", "webhook_events_filter", "stream"])
        fields.require(own)
        let version = fields.text("version")
        let input = fields.value("input", .object)
        let webhook = fields.webURL("webhook")
        let events = fields.webhookEvents()
        _ = fields.value("stream", .boolean)
        try fields.check()
        guard let input else { throw .invalid([.required("input", in: "")]) }
        return PredictionRequest(version: version, input: input, webhook: webhook, webhookEventsFilter: events)
    }

    func order(for version: ModelVersion, deployment: String? = nil, cancelAfter: CancelAfter?) throws(Problem)
        -> Prediction.Order
    {
        let violations = version.input.violations(of: input, at: "input")
        guard violations.isEmpty else { throw .invalid(violations) }
        return Prediction.Order(
            model: version, input: ModelInput(input, schema: version.input), deployment: deployment, webhook: webhook,
            webhookEventsFilter: webhookEventsFilter.map { Array($0.bytes) }, cancelAfter: cancelAfter)
    }
}
