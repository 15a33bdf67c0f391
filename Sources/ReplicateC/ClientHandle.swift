// What is behind a client's handle: a network thread, the requests on it, and the queue of their events.

import Replicate
import Synchronization

final class ClientHandle: Sendable {
    let queue = EventQueue()
    private let client: Client
    private let runner: NetworkRunner
    private let isObserved: Bool
    private let requests = Mutex<[ObjectIdentifier: RequestHandle]>([:])

    init(_ configuration: Configuration) throws(ReplicateError) {
        isObserved = configuration.isObserved
        runner = try NetworkRunner(configuration)
        client = runner.client
    }

    deinit { close() }

    /// What an operation tells before it ends.
    struct Tellers: Sendable {
        let update: Client.Observer
        let deliver: Deliver
        let deliverBytes: DeliverBytes
        let creation: Client.Creation
        /// Of an operation that keeps it even while it waits for its turn.
        let deadline: ContinuousClock.Instant?
    }

    /// What an operation has come to.
    enum Outcome: Sendable {
        case reply(Reply)
        /// It is over when this prediction is.
        case watch(Watch)
    }

    typealias Work = @Sendable (Client, Tellers) async throws(ReplicateError) -> Outcome

    /// How an operation is carried out.
    struct Manner: Sendable {
        var turn: Errand.Turn
        var deadline: ContinuousClock.Instant?
        var updates: Bool
        var uploads: Bool
        /// When it is given up, the prediction is canceled too: where it makes that itself, once it is known.
        var ownsPrediction: Bool
    }

    func isFile(_ text: UnsafeRawBufferPointer) -> Bool { client.isFile(text) }

    /// Throws for what is no URL of a file.
    func check(output url: String) throws(ReplicateError) { try client.check(output: url) }

    func deadline(_ options: Options) -> ContinuousClock.Instant? { client.deadline(options) }

    func start(_ request: RequestHandle, _ manner: Manner, _ work: @escaping Work) throws(ReplicateError) {
        requests.withLock { $0[ObjectIdentifier(request)] = request }
        queue.requestStarted()
        let begun = runner.begin(manner.turn, by: manner.deadline) { [self] in await begin(request, manner, work) }
        guard let begun else {
            _ = requests.withLock { $0.removeValue(forKey: ObjectIdentifier(request)) }
            queue.requestRefused()
            throw ReplicateError(.canceled, "the client is closed")
        }
        request.attach(begun)
    }

    private func begin(_ request: RequestHandle, _ manner: Manner, _ work: Work) async -> Errand.Next {
        let tell = tellers(request, manner)
        do throws(ReplicateError) {
            switch try await work(client(for: request), tell) {
            case .reply(let reply): return await finish(request, manner, .success(reply))
            case .watch(let watch):
                tell.update(watch.snapshot)
                return await pause(watch, request, manner)
            }
        } catch {
            return await finish(request, manner, .failure(error))
        }
    }

    /// Until the next look there is no task.
    private func pause(_ watched: Watch, _ request: RequestHandle, _ manner: Manner) async -> Errand.Next {
        var watch = watched
        switch await watch.next(client) {
        case .ended(let result): return await finish(request, manner, result.map { Reply($0) })
        case .pause(let instant):
            return .again(at: instant, by: watch.deadline, watch.isOver ? .atOnce : .look) { [self, watch] in
                await look(watch, request, manner)
            }
        }
    }

    private func look(_ watched: Watch, _ request: RequestHandle, _ manner: Manner) async -> Errand.Next {
        var watch = watched
        if await watch.look(client(for: request)) { tellers(request, manner).update(watch.snapshot) }
        return await pause(watch, request, manner)
    }

    private func finish(_ request: RequestHandle, _ manner: Manner, _ result: Result<Reply, ReplicateError>) async -> Errand.Next
    {
        let event: EventHandle
        var abandoned: JSON?
        switch result {
        case .success(let reply): event = EventHandle(.done, request, .reply(reply))
        case .failure(let error):
            event = EventHandle(.failed, request, .error(client.shown(error)))
            if manner.ownsPrediction, Self.isGivenUp(error, request) { abandoned = error.prediction }
        }
        // Before the program can hear of a missed deadline, and end; but not for long.
        if let prediction = abandoned, !Task.isCancelled, await giveUp(prediction, client, within: .milliseconds(900)) {
            abandoned = nil
        }
        _ = requests.withLock { $0.removeValue(forKey: ObjectIdentifier(request)) }
        request.finish(event)
        // In a task of its own, because this one may be canceled.
        if let abandoned {
            _ = runner.begin(.ending, by: .now + Client.cancelTime) {
                _ = await self.giveUp(abandoned, self.client, within: Client.cancelTime)
                return .end
            }
        }
        return .end
    }

    private func client(for request: RequestHandle) -> Client {
        isObserved ? client.observed(by: observer(request)) : client
    }

    private func tellers(_ request: RequestHandle, _ manner: Manner) -> Tellers {
        let upload: Client.Observer = { [queue] progress in
            queue.push(EventHandle(.upload, request, .reply(Reply(progress))))
        }
        let creation = Client.Creation(upload: manner.uploads ? upload : nil) {
            if manner.ownsPrediction { request.beginCreate() }
        }
        return Tellers(
            update: { [queue] snapshot in
                request.created()
                if manner.updates { queue.push(EventHandle(.updated, request, .reply(Reply(snapshot)))) }
            },
            deliver: { [queue] (batch) throws(ReplicateError) in
                queue.push(EventHandle(.stream, request, .batch(batch)))
                await request.waitForRoom()
                if Task.isCancelled { throw ReplicateError(.canceled, "canceled while the stream was read") }
            },
            deliverBytes: { [queue] (bytes) throws(ReplicateError) in
                queue.push(EventHandle(.chunk, request, .bytes(bytes)))
                await request.waitForRoom()
                if Task.isCancelled { throw ReplicateError(.canceled, "canceled while the file was read") }
            }, creation: creation, deadline: manner.deadline)
    }

    /// Cancels a prediction at the server. An observer hears of it as of nobody's request: its own may have ended.
    private func giveUp(_ prediction: JSON, _ client: Client, within time: Duration) async -> Bool {
        let nobody = RequestHandle(userData: nil, queue: queue)
        return await client.observed(by: isObserved ? observer(nobody) : nil).abandon(prediction, within: time)
    }

    private func observer(_ request: RequestHandle) -> Exchange.Observer {
        { [queue] exchange in queue.push(EventHandle(exchange.kind, request, .reply(Reply(exchange.json)))) }
    }

    /// By the caller or by the deadline, while the prediction still ran.
    private static func isGivenUp(_ error: ReplicateError, _ request: RequestHandle) -> Bool {
        guard let prediction = error.prediction,
            !["succeeded", "failed", "canceled", "aborted"].contains(prediction["status"]?.string)
        else { return false }
        // Of a create that was canceled on its way the answer may be cut behind the id.
        return error.kind == .timeout || request.canceledByCaller.load(ordering: .relaxed)
    }

    func close() {
        runner.stop()
        for request in requests.withLock({ Array($0.values) }) { request.cancel(byCaller: false) }
    }
}
