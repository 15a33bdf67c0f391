// A prediction as the API shows it.

import Replicate

extension Prediction {
    /// - Parameter isHeld: in the answer to a request that was held. There the service gives files as data: URIs, and
    ///   where it was held in vain it says `starting` even while the prediction runs: its own clients take `processing`
    ///   there for done.
    func json(base: String, isHeld: Bool = false) -> [UInt8] {
        var object = JSONObject()
        object.add("id", id)
        object.add("model", order.model.path)
        object.add("version", order.model.id)
        object.add("input", raw: order.input.json.bytes)
        object.add("logs", logs)
        add(outputTo: &object, base: base, isInline: isHeld)
        object.add("data_removed", false)
        object.add("error", orNull: error)
        object.add("source", "api")
        object.add("status", (isHeld && !status.isTerminal ? .starting : status).rawValue)
        object.add("created_at", createdAt.text)
        if let startedAt { object.add("started_at", startedAt.text) }
        if let completedAt { object.add("completed_at", completedAt.text) }
        if let deadline { object.add("deadline", deadline.text) }
        if let deployment = order.deployment { object.add("deployment", deployment) }
        if let webhook = order.webhook { object.add("webhook", webhook) }
        if let filter = order.webhookEventsFilter { object.add("webhook_events_filter", raw: filter) }
        object.add("metrics", metrics)
        var urls = JSONObject()
        urls.add("get", "\(base)/v1/predictions/\(id)")
        urls.add("cancel", "\(base)/v1/predictions/\(id)/cancel")
        urls.add("web", "\(base)/p/\(id)")
        if let stream { urls.add("stream", base + stream.path(of: id)) }
        object.add("urls", urls)
        return object.text
    }

    func add(outputTo object: inout JSONObject, base: String, isInline: Bool = false) {
        let folder = "\(base)/outputs/\(id)"
        let streamed = stream?.output(folder: folder, isInline: isInline)
        if let text = streamed ?? output?.text(folder: folder, isInline: isInline) {
            object.add("output", raw: text)
        } else {
            object.addNull("output")
        }
    }

    var metrics: JSONObject {
        var metrics = JSONObject()
        if let completedAt {
            if let startedAt { metrics.add("predict_time", completedAt.seconds(since: startedAt)) }
            metrics.add("total_time", completedAt.seconds(since: createdAt))
            if let measured = output?.metrics { measured.add(to: &metrics) }
        }
        return metrics
    }
}
