// The body of the creating operations, read and checked.

import Replicate

struct PredictionRequest: Sendable {
    var version: String?
    var input: JSON
    var webhook: String?
    var webhookEventsFilter: JSON?

    private static let events = ["start", "output", "logs", "completed"]

    /// - Parameter namesVersion: whether the body must say which version runs, or must not.
    static func parse(_ body: [UInt8], namesVersion: Bool) throws(Problem) -> PredictionRequest {
        let json: JSON
        do {
            json = try JSON(validating: body)
        } catch {
            throw .badRequest("The request's body is not JSON: \(error).")
        }
        guard json.kind == .object else { throw .badRequest("The request's body is not a JSON object.") }
        var values: [String: JSON] = [:]
        var violations: [SchemaViolation] = []
        let names = ["input", "webhook", "webhook_events_filter", "stream"] + (namesVersion ? ["version"] : [])
        for member in json.members {
            if !names.contains(member.name) { violations.append(.unexpected(member.name, in: "")) }
            values[member.name] = member.value
        }
        func check(_ name: String, _ type: String, _ holds: (JSON) -> Bool) {
            guard let value = values[name], !holds(value) else { return }
            violations.append(.type(expected: type, given: "\(value.kind)", at: name))
        }
        if namesVersion, values["version"] == nil { violations.append(.required("version", in: "")) }
        if values["input"] == nil { violations.append(.required("input", in: "")) }
        check("version", "string") { $0.kind == .string }
        check("input", "object") { $0.kind == .object }
        check("webhook", "string") { $0.kind == .string }
        check("webhook_events_filter", "array") { $0.kind == .array }
        check("stream", "boolean") { $0.kind == .boolean }
        if let webhook = values["webhook"]?.string, !isWebURL(webhook) {
            violations.append(
                SchemaViolation(kind: "format", field: "webhook", description: "webhook must be an http or https URL"))
        }
        for (index, event) in (values["webhook_events_filter"]?.elements ?? []).enumerated()
        where !events.contains(event.string ?? "") {
            violations.append(
                SchemaViolation(
                    kind: "enum", field: "webhook_events_filter.\(index)",
                    description: "must be one of the following: start, output, logs, completed"))
        }
        guard violations.isEmpty, let input = values["input"] else { throw .invalid(violations) }
        return PredictionRequest(
            version: values["version"]?.string, input: input, webhook: values["webhook"]?.string,
            webhookEventsFilter: values["webhook_events_filter"])
    }

    func order(for model: PublishedModel, deployment: String? = nil, cancelAfter: CancelAfter?) throws(Problem)
        -> Prediction.Order
    {
        let violations = model.input.violations(of: input, at: "input")
        guard violations.isEmpty else { throw .invalid(violations) }
        return Prediction.Order(
            model: model, input: ModelInput(input, schema: model.input), deployment: deployment, webhook: webhook,
            webhookEventsFilter: webhookEventsFilter.map { Array($0.bytes) }, cancelAfter: cancelAfter)
    }

    private static func isWebURL(_ text: String) -> Bool {
        let lowered = text.lowercased()
        for scheme in ["http://", "https://"] where lowered.hasPrefix(scheme) {
            let rest = lowered.dropFirst(scheme.count)
            return rest.first.map { !"/?#:@".contains($0) } == true && !rest.utf8.contains { $0 <= 0x20 }
        }
        return false
    }
}
