// One prediction: a value whose methods are the only ways along its life cycle.

import Replicate

struct Prediction: Sendable {
    enum Status: String, Sendable {
        case starting, processing, succeeded, failed, canceled, aborted

        var isTerminal: Bool { self != .starting && self != .processing }
    }

    /// What is known when it is created.
    struct Order: Sendable {
        var model: ModelVersion
        var input: ModelInput
        var deployment: String?
        var webhook: String?
        var webhookEventsFilter: [UInt8]?
        var cancelAfter: CancelAfter?
        /// The model that a training is for; predictions have none.
        var destination: FullName?
    }

    enum Ending: Sendable {
        case output(ModelOutput)
        case failure(String)
    }

    let id: String
    let order: Order
    let createdAt: Timestamp
    let deadline: Timestamp?
    private(set) var status = Status.starting
    private(set) var startedAt: Timestamp?
    private(set) var completedAt: Timestamp?
    private(set) var output: ModelOutput?
    private(set) var error: String?
    private(set) var logs = ""

    init(id: String, order: Order, createdAt: Timestamp) {
        self.id = id
        self.order = order
        self.createdAt = createdAt
        deadline = order.cancelAfter.map { createdAt.adding(seconds: $0.seconds) }
    }

    /// Each of these returns false, and changes nothing, where the life cycle does not allow it.
    mutating func start(at now: Timestamp) -> Bool {
        guard status == .starting else { return false }
        status = .processing
        startedAt = now
        return true
    }

    mutating func log(_ text: String) -> Bool {
        guard status == .processing else { return false }
        logs += text
        return true
    }

    mutating func finish(_ ending: Ending, at now: Timestamp) -> Bool {
        guard !status.isTerminal else { return false }
        switch ending {
        case .output(let output):
            self.output = output
            end(.succeeded, at: now)
        case .failure(let message):
            error = message
            end(.failed, at: now)
        }
        return true
    }

    mutating func cancel(at now: Timestamp) -> Bool {
        guard !status.isTerminal else { return false }
        end(.canceled, at: now)
        return true
    }

    /// Its deadline is there.
    mutating func expire(at now: Timestamp) -> Bool {
        guard !status.isTerminal else { return false }
        end(status == .starting ? .aborted : .canceled, at: now)
        return true
    }

    private mutating func end(_ status: Status, at now: Timestamp) {
        self.status = status
        completedAt = now
    }

    /// Roughly what it holds in memory.
    var weight: Int { order.input.json.bytes.count + (output?.weight ?? 0) + logs.utf8.count + 1024 }

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
        object.add("urls", urls)
        return object.text
    }

    func add(outputTo object: inout JSONObject, base: String, isInline: Bool = false) {
        guard let output else { return object.addNull("output") }
        object.add("output", raw: output.text(folder: "\(base)/outputs/\(id)", isInline: isInline))
    }

    var metrics: JSONObject {
        var metrics = JSONObject()
        if let completedAt {
            if let startedAt { metrics.add("predict_time", completedAt.seconds(since: startedAt)) }
            metrics.add("total_time", completedAt.seconds(since: createdAt))
        }
        return metrics
    }
}
