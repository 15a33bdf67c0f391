// The real network: transfers on one libcurl multi handle and the sleepers beside them, all on the network thread.

import CCurl

actor CurlNetwork: Network {
    nonisolated let thread: NetworkThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let connectionsPerHost: Int
    private let routes: EasyHandle.Routes
    private let http1Hosts = HTTP1Hosts()
    private(set) var transfers: [UInt64: Transfer] = [:]
    /// Canceled, but sent: their answers are waited for until the client is closed.
    private var outliving: Set<UInt64> = []
    private(set) var streams: [UInt64: BodyStream] = [:]
    /// The requests that are not transfers yet. Streams and what skips the line are never among them.
    private(set) var line: WaitingLine<Transfer.Waiting>
    /// See `init`.
    private var first: EasyHandle?
    private var errands: Errands
    private var timers = TimerQueue()
    private var sleepers: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    private var lastID: UInt64 = 0
    /// Streams that take as long as their readers.
    private var lasting = 0
    var justMade = JustMade()
    private var generator = SystemRandomNumberGenerator()

    private var multi: UnsafeMutableRawPointer { UnsafeMutableRawPointer(thread.handle.multi) }

    init(connectionsPerHost: Int, routes: EasyHandle.Routes = EasyHandle.Routes()) throws(ReplicateError) {
        self.connectionsPerHost = connectionsPerHost
        self.routes = routes
        line = WaitingLine(limit: connectionsPerHost)
        errands = Errands(connections: connectionsPerHost)
        thread = try NetworkThread()
        let multi = UnsafeMutableRawPointer(thread.handle.multi)
        ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(connectionsPerHost, 8))
        // libcurl ends its connections through a handle of its own, which takes "no signals" from the first one it sees;
        // without one it would switch SIGPIPE off and on for the whole process.
        if let first = EasyHandle(routes, isBulk: false), curl_multi_add_handle(multi, first.easy) == CURLM_OK {
            curl_multi_remove_handle(multi, first.easy)
            self.first = first
        }
        try thread.begin { messages in
            self.assumeIsolated { $0.turn(messages) }
        }
    }

    // MARK: Network

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        lastID += 1
        return try await begin(request, id: lastID) { .whole($0) }.get()
    }

    func open(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPStream {
        lastID += 1
        let id = lastID
        let head = await begin(request, id: id) { opening in
            let stream = BodyStream(opening)
            streams[id] = stream
            return .stream(stream)
        }
        do throws(TransportFailure) {
            return HTTPStream(id: id, response: try head.get())
        } catch {
            streams[id] = nil
            throw error
        }
    }

    func read(_ stream: HTTPStream) async throws(TransportFailure) -> [UInt8]? {
        let id = stream.id
        guard let body = streams[id], !Task.isCancelled else { throw .canceled }
        defer { transfers[id]?.takeMore() }
        let result: Result<[UInt8]?, TransportFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { body.wait($0) }
        } onCancel: {
            thread.cancel(id)
        }
        return try result.get()
    }

    func close(_ stream: HTTPStream) {
        cancel(stream.id)
        streams[stream.id] = nil
    }

    private func begin(
        _ request: HTTPRequest, id: UInt64,
        _ taker: (CheckedContinuation<Result<HTTPResponse, TransportFailure>, Never>) -> Transfer.Taker
    ) async -> Result<HTTPResponse, TransportFailure> {
        await withTaskCancellationHandler {
            if Task.isCancelled { return .failure(.canceled) }
            return await withCheckedContinuation { continuation in
                let waiting = Transfer.Waiting(id: id, request: request, taker: taker(continuation))
                if waiting.isInLine {
                    line.add(id, waiting)
                    if let deadline = waiting.deadline { timers.add(id, at: deadline) }
                    startNext()
                } else {
                    start(waiting, isCounted: false)
                }
            }
        } onCancel: {
            thread.cancel(id)
        }
    }

    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) {
        lastID += 1
        let id = lastID
        let completed = await withTaskCancellationHandler {
            if Task.isCancelled { return false }
            return await withCheckedContinuation { continuation in
                sleepers[id] = continuation
                timers.add(id, at: instant)
            }
        } onCancel: {
            thread.cancel(id)
        }
        if !completed { throw CancellationError() }
    }

    func now() -> ContinuousClock.Instant { .now }

    func random() -> Double { Double.random(in: 0..<1, using: &generator) }

    // MARK: The loop's part

    /// One round: what was begun or canceled, what libcurl has, what is due. Returns how long until the next timer.
    fileprivate func turn(_ messages: NetworkThread.Messages) -> Duration? {
        for errand in messages.errands { errands.add(errand) }
        for id in messages.canceledErrands { errands.cancel(id)?.cancel() }
        for id in messages.cancellations { cancel(id) }
        if !outliving.isEmpty, thread.isStopping { for id in outliving { cancel(id) } }
        if !transfers.isEmpty {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectFinished()
        }
        errands.wake(.now)
        beginErrands()
        let next = wakeSleepers()
        guard let instant = errands.nextInstant().map({ errand in next.map { min($0, errand) } ?? errand }) ?? next else {
            return nil
        }
        return instant - .now
    }

    /// When the next one wakes up.
    private func wakeSleepers() -> ContinuousClock.Instant? {
        guard !timers.isEmpty else { return nil }
        for id in timers.takeDue(.now) {
            if let transfer = transfers[id] {
                checkIdle(transfer)
            } else if let waiting = line.remove(id) {
                waiting.taker.fail(.unserved)
            } else {
                sleepers.removeValue(forKey: id)?.resume(returning: true)
            }
        }
        return timers.next()
    }

    /// Not all at once: of ten thousand that are canceled together, most tasks have ended before the last ones begin.
    private func beginErrands() {
        for _ in 0..<256 {
            guard let ready = errands.next() else { return }
            let task = thread.task { await self.perform(ready.id, ready.step) }
            errands.runs(ready.id, in: task)
            if ready.isCanceled { task.cancel() }
        }
    }

    private func perform(_ id: UInt64, _ step: Errand.Step) async {
        if errands.ended(id, await step()) { thread.operationEnded() }
    }

    /// Streams that their readers may hold back for hours have connections of their own, beside those that others wait for.
    private func makeRoom(forLasting change: Int) {
        lasting += change
        ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost + lasting)
    }

    private func startNext() {
        while let waiting = line.next() {
            if waiting.isTooLate {
                line.ended()
                _ = timers.remove(waiting.id)
                waiting.taker.fail(.unserved)
            } else {
                start(waiting, isCounted: true)
            }
        }
    }

    private func start(_ waiting: Transfer.Waiting, isCounted: Bool) {
        var failure: TransportFailure?
        if let handle = EasyHandle(routes, isBulk: waiting.request.isBulk) {
            let transfer = Transfer(waiting, handle: handle, http1Hosts: http1Hosts, isCounted: isCounted)
            failure = transfer.prepare() ?? add(transfer)
        } else {
            failure = TransportFailure(setup: "libcurl has no memory for a transfer")
        }
        guard let failure else { return }
        _ = timers.remove(waiting.id)
        if isCounted { line.ended() }
        waiting.taker.fail(failure)
    }

    private func add(_ transfer: Transfer) -> TransportFailure? {
        if transfer.mayLast { makeRoom(forLasting: 1) }
        let code = curl_multi_add_handle(multi, transfer.handle.easy)
        guard code == CURLM_OK else {
            if transfer.mayLast { makeRoom(forLasting: -1) }
            return TransportFailure(setup: "libcurl refused the transfer: \(String(cString: curl_multi_strerror(code)))")
        }
        transfers[transfer.id] = transfer
        timers.add(transfer.id, at: transfer.nextLook)
        return nil
    }

    /// A timer of ours, because libcurl's own (CURLOPT_LOW_SPEED_TIME) averages over seconds and fires as late.
    private func checkIdle(_ transfer: Transfer) {
        if transfer.isLate {
            // libcurl's own limit does not count while it has no connection for it.
            finish(transfer, .failure(transfer.late()))
        } else if transfer.idleDeadline > .now {
            timers.add(transfer.id, at: transfer.nextLook)
        } else {
            finish(transfer, .failure(transfer.idle()))
        }
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = Transfer.of(easy)
            else { continue }
            let code = message.pointee.data.result
            if transfer.isMisplaced { restart(transfer) } else { finish(transfer, transfer.result(code)) }
        }
    }

    private func cancel(_ id: UInt64) {
        if let transfer = transfers[id] {
            if transfer.outlivesCancel, !thread.isStopping {
                outliving.insert(id)
            } else {
                finish(transfer, .failure(transfer.canceled()))
            }
        } else if let waiting = line.remove(id) {
            _ = timers.remove(id)
            waiting.taker.fail(.canceled)
        } else if timers.remove(id) {
            sleepers.removeValue(forKey: id)?.resume(returning: false)
        }
    }

    private func remove(_ transfer: Transfer) {
        transfers[transfer.id] = nil
        _ = timers.remove(transfer.id)
        if transfer.mayLast { makeRoom(forLasting: -1) }
        curl_multi_remove_handle(multi, transfer.handle.easy)
        transfer.removed()
    }

    /// It keeps its place among those under way, unless it cannot be started again.
    private func restart(_ transfer: Transfer) {
        remove(transfer)
        start(transfer.again(), isCounted: transfer.isCounted)
        startNext()
    }

    private func finish(_ transfer: Transfer, _ result: Result<HTTPResponse, TransportFailure>) {
        if transfer.isCounted { line.ended() }
        // A few of its connections carry what would else take all of them.
        if transfer.isMultiplexed, !transfer.claimsFrames, line.limit == connectionsPerHost {
            line.limit = connectionsPerHost * 8
            errands.widen(to: line.limit)
        }
        if !outliving.isEmpty { outliving.remove(transfer.id) }
        remove(transfer)
        transfer.end(result)
        startNext()
    }
}

extension TransportFailure {
    static let canceled = untouched(.canceled, "canceled")
    /// Its time was over, or as good as over, before its turn came.
    static let unserved = TransportFailure(
        reason: .timeout(.total), phase: .queued, requestTouched: false, message: "no connection was free")

    /// Before anything was sent.
    static func untouched(_ reason: Reason, _ message: String) -> TransportFailure {
        TransportFailure(reason: reason, phase: .connecting, requestTouched: false, message: message)
    }

    init(setup message: String) {
        self = .untouched(.setup, message)
    }
}
