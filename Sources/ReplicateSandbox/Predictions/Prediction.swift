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
        /// Where the request came to, for the URLs in its webhooks.
        var base = ""
        /// After how many events each connection to its stream is dropped.
        var dropStreamAfter: Int?
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
    /// Of a model that streams.
    private(set) var stream: PredictionStream?

    init(id: String, order: Order, createdAt: Timestamp) {
        self.id = id
        self.order = order
        self.createdAt = createdAt
        deadline = order.cancelAfter.map { createdAt.adding(seconds: $0.seconds) }
        stream = order.model.model.streaming.map {
            PredictionStream($0, createdAt: createdAt, dropAfter: order.dropStreamAfter)
        }
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
        stream?.add(logs: text)
        return true
    }

    mutating func emit(_ chunks: [String]) -> Bool {
        guard status == .processing else { return false }
        stream?.add(chunks)
        return true
    }

    mutating func emit(_ file: OutputFile) -> Bool {
        guard status == .processing else { return false }
        stream?.add(file)
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
        stream?.end(status, error: error)
    }

    func file(named name: String) -> OutputFile? {
        output?.file(named: name) ?? stream?.files.first { $0.name == name }
    }

    /// Roughly what it holds in memory.
    var weight: Int {
        order.input.json.bytes.count + (output?.weight ?? 0) + (stream?.weight ?? 0) + logs.utf8.count + 1024
    }
}
