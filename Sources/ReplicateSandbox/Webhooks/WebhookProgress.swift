// What a webhook tells of, and how the store lets it be followed: nothing is queued, so a slow receiver costs no memory. Only
// the two moments that are always told, start and end, are kept until they have been.

import Replicate

enum WebhookEvent: String, Sendable {
    case start, output, logs, completed

    /// Without a filter: new output, and the end.
    static func wanted(_ filter: [UInt8]?) -> Set<WebhookEvent> {
        guard let filter, let list = try? JSON(validating: filter) else { return [.output, .completed] }
        return Set(list.elements.compactMap { $0.string.flatMap(WebhookEvent.init) })
    }
}

/// How far a prediction had come when one looked.
struct WebhookMark: Equatable, Sendable {
    var hasStarted = false
    var outputs = 0
    var logs = 0

    init() {}

    init(_ prediction: Prediction) {
        hasStarted = prediction.startedAt != nil
        outputs = prediction.stream?.outputs ?? 0
        logs = prediction.logs.utf8.count
    }
}

struct WebhookProgress: Sendable {
    /// The prediction as it was then.
    var started: Prediction?
    var ended: Prediction?
    var mark = WebhookMark()
}

extension PredictionStore {
    /// What is known of a prediction whose webhook is not done; waits where that is nothing newer than the mark. Nil where
    /// the prediction went without an end, or the server ends.
    func progress(_ id: String, after mark: WebhookMark) async -> WebhookProgress? {
        let present = progress(id)
        guard let present, present.ended == nil, present.mark == mark else { return present }
        guard prediction(id) != nil else { return nil }
        await wait(id, for: .news, within: nil)
        return progress(id)
    }

    private func progress(_ id: String) -> WebhookProgress? {
        guard !isClosed, var progress = watched[id] else { return nil }
        if let prediction = prediction(id) { progress.mark = WebhookMark(prediction) }
        return progress
    }
}
