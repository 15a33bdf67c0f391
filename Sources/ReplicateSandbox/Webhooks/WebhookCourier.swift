// Posts the webhooks of predictions and trainings as the service does: one after the other for each prediction, output and
// logs not too often, and the end until somebody takes it.

import FoundationEssentials

struct WebhookCourier: Sendable {
    let secret: String
    let speed: Double
    /// How long a receiver has for its answer.
    let answerSeconds: Double
    /// Gets a sentence on what could not be posted.
    let report: @Sendable (String) -> Void
    let slots = DeliverySlots()

    /// Between two webhooks on output, or two on logs.
    static let spacingSeconds = 0.5
    /// When the end is posted, in seconds behind it, until it has been taken.
    static let attempts: [Double] = [0, 1, 3, 7, 15, 31, 60]

    /// Returns when the last webhook of the prediction is done.
    func follow(_ prediction: Prediction, of store: PredictionStore) async {
        guard let url = prediction.order.webhook else { return }
        if let address = WebhookAddress(url) {
            await follow(prediction.id, of: store, to: address, WebhookEvent.wanted(prediction.order.webhookEventsFilter))
        } else {
            report("The webhook \(url) is not posted: the sandbox posts over http to this machine only.")
        }
        await store.unwatch(prediction.id)
    }

    private func follow(
        _ id: String, of store: PredictionStore, to address: WebhookAddress, _ wanted: Set<WebhookEvent>
    ) async {
        var mark = WebhookMark()
        var posted = WebhookMark()
        var last: [WebhookEvent: ContinuousClock.Instant] = [:]
        while let progress = await store.progress(id, after: mark) {
            if let started = progress.started, !mark.hasStarted, wanted.contains(.start) {
                _ = await post(json(started), as: newID(), to: address)
            }
            mark = progress.mark
            mark.hasStarted = progress.started != nil
            if let ended = progress.ended {
                if wanted.contains(.completed) { await complete(json(ended), to: address) }
                return
            }
            for event in [WebhookEvent.logs, .output] where wanted.contains(event) {
                guard event == .logs ? mark.logs > posted.logs : mark.outputs > posted.outputs else { continue }
                if let time = last[event] {
                    let wait = Self.spacingSeconds - (ContinuousClock.now - time) / .seconds(1)
                    if wait > 0 { _ = await store.ended(id, within: wait) }
                }
                guard let (body, present) = await present(id, of: store) else { break }
                _ = await post(body, as: newID(), to: address)
                last[event] = .now
                if event == .logs { posted.logs = present.logs } else { posted.outputs = present.outputs }
            }
        }
    }

    /// Nil where it has ended: that is told in another way.
    private func present(_ id: String, of store: PredictionStore) async -> (body: [UInt8], mark: WebhookMark)? {
        guard let prediction = await store.prediction(id), !prediction.status.isTerminal else { return nil }
        return (json(prediction), WebhookMark(prediction))
    }

    /// Exactly what the API answers to who asks.
    private func json(_ prediction: Prediction) -> [UInt8] {
        let base = prediction.order.base
        return prediction.order.destination == nil ? prediction.json(base: base) : prediction.trainingJSON(base: base)
    }

    private func newID() -> String { "msg_\(PredictionID.random())" }

    /// The one that is tried again, with the same id.
    private func complete(_ body: [UInt8], to address: WebhookAddress) async {
        let (id, end) = (newID(), ContinuousClock.now)
        for seconds in Self.attempts {
            do { try await Task.sleep(until: end + .seconds(seconds / speed), clock: .continuous) } catch { return }
            if await post(body, as: id, to: address) { return }
        }
    }

    /// False where it should be tried again.
    private func post(_ body: [UInt8], as id: String, to address: WebhookAddress) async -> Bool {
        guard await slots.take(address.authority) else { return true }
        let seconds = PredictionStore.now().microseconds / 1_000_000
        let signature = WebhookSignature.text(id: id, timestamp: seconds, body: body, secret: secret)
        let headers = [("webhook-id", id), ("webhook-timestamp", "\(seconds)"), ("webhook-signature", signature)]
        var failure: String?
        do {
            let status = try await WebhookPost(address: address, headers: headers, body: body).send(within: answerSeconds)
            if status >= 400 { failure = "status \(status)" }
        } catch let error as WebhookPost.Failure {
            failure = error.reason
        } catch {
            failure = "\(error)"
        }
        await slots.give(address.authority)
        if let failure, !Task.isCancelled {
            report("The webhook \(id) to http://\(address.authority)\(address.target) was not taken: \(failure).")
        }
        return failure == nil
    }
}
