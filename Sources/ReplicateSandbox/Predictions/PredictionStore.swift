// Holds all predictions, and lets requests and runs wait until one of them has ended.

import FoundationEssentials

actor PredictionStore {
    /// One tick of the server's heartbeat: how exactly holds and deadlines are kept.
    static let tickSeconds = 0.05

    private enum Alarm: Hashable {
        case deadline(id: String)
        case release(Waiters.Key)
    }

    private var ledger: PredictionLedger
    private var runCounts: [String: Int] = [:]
    private var waiters = Waiters()
    private var alarms = AlarmWheel<Alarm>()
    private var deadlineTicks: [String: Int] = [:]
    private let start = ContinuousClock.now
    private(set) var isClosed = false
    /// The predictions whose webhooks are not done.
    private(set) var watched: [String: WebhookProgress] = [:]
    private let starts: AsyncStream<Prediction>.Continuation

    /// - Parameter starts: gets each new prediction, to run it.
    init(limits: PredictionLedger.Limits = .init(), starts: AsyncStream<Prediction>.Continuation) {
        ledger = PredictionLedger(limits: limits)
        self.starts = starts
    }

    static func now() -> Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    func create(_ order: Prediction.Order, at now: Timestamp = now()) throws(Problem) -> Prediction {
        let prediction = Prediction(id: PredictionID.random(), order: order, createdAt: now)
        guard !isClosed, ledger.insert(prediction) else { throw .full }
        if order.webhook != nil { watched[prediction.id] = WebhookProgress() }
        runCounts[order.model.path, default: 0] += 1
        if let limit = order.cancelAfter {
            deadlineTicks[prediction.id] = alarms.set(.deadline(id: prediction.id), at: ticks(Double(limit.seconds)))
        }
        starts.yield(prediction)
        return prediction
    }

    func prediction(_ id: String) -> Prediction? { ledger[id] }
    func runCount(of path: String) -> Int { runCounts[path] ?? 0 }

    func page(_ query: ListQuery, limit: Int) -> Listing<Prediction> {
        ledger.page(query.cursor, limit: limit, where: query.matches)
    }

    func start(_ id: String) -> Bool {
        guard change(id, { $0.start(at: Self.now()) }) else { return false }
        watched[id]?.started = ledger[id]
        return true
    }

    func log(_ text: String, id: String) -> Bool { change(id) { $0.log(text) } }
    func emit(_ chunks: [String], id: String) -> Bool { change(id) { $0.emit(chunks) } }
    func emit(_ file: OutputFile, id: String) -> Bool { change(id) { $0.emit(file) } }

    /// False where it had ended already.
    @discardableResult
    func finish(_ id: String, _ ending: Prediction.Ending) -> Bool { end(id) { $0.finish(ending, at: Self.now()) } }

    /// The prediction as it is then; one that has ended stays as it is.
    @discardableResult
    func cancel(_ id: String) -> Prediction? {
        end(id) { $0.cancel(at: Self.now()) }
        return ledger[id]
    }

    /// Returns when the prediction has ended, or is not there, or when the time is over.
    func ended(_ id: String, within seconds: Double? = nil) async -> Prediction? {
        guard !isClosed, let prediction = ledger[id], !prediction.status.isTerminal else { return ledger[id] }
        await wait(id, for: .end, within: seconds)
        return ledger[id]
    }

    /// Returns when the wish has come true, or the time is over.
    func wait(_ id: String, for wish: Waiters.Wish, within seconds: Double?) async {
        let key = waiters.newKey(id)
        await withCheckedContinuation { continuation in
            let tick = seconds.map { alarms.set(.release(key), at: ticks($0)) }
            waiters.add(key, for: wish, continuation, until: tick)
        }
    }

    /// Its webhooks are done.
    func unwatch(_ id: String) { watched[id] = nil }

    /// How many requests and runs wait for it.
    func waiterCount(_ id: String) -> Int { waiters.count(id) }

    /// The heartbeat: lets go whatever is due by now.
    func advance() {
        for alarm in alarms.due(through: Int(age / Self.tickSeconds)) {
            switch alarm {
            case .deadline(let id): end(id) { $0.expire(at: Self.now()) }
            case .release(let key): waiters.release(key)
            }
        }
    }

    /// The server ends: nobody waits any longer.
    func close() {
        isClosed = true
        starts.finish()
        waiters.releaseAll()
    }

    private var age: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// The first tick that is not before so many seconds from now. By the clock and not by the last heartbeat, which may
    /// have come late: an alarm that goes off early ends a prediction before its deadline.
    private func ticks(_ seconds: Double) -> Int { Int(((age + seconds) / Self.tickSeconds).rounded(.up)) }

    func hasRunning(where matches: (Prediction) -> Bool) -> Bool {
        ledger.contains { !$0.status.isTerminal && matches($0) }
    }

    /// Ends and forgets all predictions of a version.
    func remove(version: String) {
        for id in ledger.remove(where: { $0.order.model.id == version }) { letGo(id) }
    }

    /// Something of a running prediction, for whoever waits for news.
    private func change(_ id: String, _ change: (inout Prediction) -> Bool) -> Bool {
        guard ledger.update(id, change) else { return false }
        release(id, .news)
        return true
    }

    @discardableResult
    private func end(_ id: String, _ change: (inout Prediction) -> Bool) -> Bool {
        guard ledger.update(id, change) else { return false }
        watched[id]?.ended = ledger[id]
        letGo(id)
        return true
    }

    /// Nobody has to wait for it any longer.
    private func letGo(_ id: String) {
        if let tick = deadlineTicks.removeValue(forKey: id) { alarms.remove(.deadline(id: id), at: tick) }
        release(id, .end)
    }

    private func release(_ id: String, _ wish: Waiters.Wish) {
        for alarm in waiters.release(id, wish) { alarms.remove(.release(alarm.key), at: alarm.tick) }
    }
}
