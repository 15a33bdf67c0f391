// A network without a machine: it answers from a script, writes down what it was asked, and its clock moves only when
// somebody sleeps on it or an answer is said to take time.

import Testing

@testable import Replicate

actor ScriptedNetwork: Network {
    struct Step: Sendable {
        var result: Result<HTTPResponse, TransportFailure>
        var time: Duration = .zero
        /// Of an answer that is read while it comes; after them the failure, if there is one.
        var chunks: [[UInt8]] = []
        var breaks: TransportFailure?
        var cancelsTask = false

        static func json(_ status: Int, _ text: String, _ headers: [(name: String, value: String)] = []) -> Step {
            Step(result: .success(HTTPResponse(status: status, headers: headers, body: Array(text.utf8))))
        }

        static func fails(
            _ reason: TransportFailure.Reason, touched: Bool, after beginning: TransportFailure.Beginning? = nil
        ) -> Step {
            let phase: TransportFailure.Phase = touched ? .waiting : .connecting
            return Step(
                result: .failure(
                    TransportFailure(
                        reason: reason, phase: phase, requestTouched: touched, message: "scripted", beginning: beginning)))
        }

        static func stream(
            _ status: Int, _ chunks: [String], _ headers: [(name: String, value: String)] = [], breaks: TransportFailure? = nil
        ) -> Step {
            var step = Step(result: .success(HTTPResponse(status: status, headers: headers, body: [])))
            step.chunks = chunks.map { Array($0.utf8) }
            step.breaks = breaks
            return step
        }

        /// The task is canceled while this step's request is on its way.
        static let canceled: Step = {
            var step = Step.fails(.canceled, touched: true)
            step.cancelsTask = true
            return step
        }()

        func taking(_ time: Duration) -> Step {
            var step = self
            step.time = time
            return step
        }
    }

    struct Sent: Sendable {
        let request: HTTPRequest
        /// Since the test began.
        let at: Duration
    }

    private(set) var sent: [Sent] = []
    private var streams: [UInt64: (chunks: ArraySlice<[UInt8]>, breaks: TransportFailure?)] = [:]
    private(set) var closed: [UInt64] = []
    var justMade = JustMade()
    private(set) var sleeps: [Duration] = []
    private let start = ContinuousClock.now
    private var clock: ContinuousClock.Instant
    private var steps: ArraySlice<Step>
    private let rest: Step?
    private let fixedRandom: Double
    private let canceledSleep: Int?
    private let oversleep: Duration

    /// `rest` answers whatever comes after the steps; without it more requests than steps are a failure of the test.
    /// The sleep number `cancelingSleep`, from 1, cancels the task that sleeps. Each lasts longer by `oversleep`.
    init(
        _ steps: [Step], rest: Step? = nil, random: Double = 0.5, cancelingSleep: Int? = nil, oversleep: Duration = .zero
    ) {
        self.steps = steps[...]
        self.rest = rest
        fixedRandom = random
        canceledSleep = cancelingSleep
        self.oversleep = oversleep
        clock = start
    }

    var elapsed: Duration { clock - start }
    var stepsLeft: Int { steps.count }

    func open(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPStream {
        let step = try nextStep(request)
        let id = UInt64(sent.count)
        let response = try step.result.get()
        streams[id] = (step.chunks.isEmpty && !response.body.isEmpty ? [response.body] : step.chunks[...], step.breaks)
        var head = response
        head.body = []
        return HTTPStream(id: id, response: head)
    }

    func read(_ stream: HTTPStream) async throws(TransportFailure) -> [UInt8]? {
        if Task.isCancelled { throw .canceled }
        guard let chunk = streams[stream.id]?.chunks.popFirst() else {
            if let failure = streams[stream.id]?.breaks { throw failure }
            return nil
        }
        return chunk
    }

    func close(_ stream: HTTPStream) {
        if streams.removeValue(forKey: stream.id) != nil { closed.append(stream.id) }
    }

    /// Streams that were opened and not closed: none may be left.
    var openStreams: Int { streams.count }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        try nextStep(request).result.get()
    }

    private func nextStep(_ request: HTTPRequest) throws(TransportFailure) -> Step {
        if Task.isCancelled { throw .canceled }
        sent.append(Sent(request: request, at: elapsed))
        guard let step = steps.popFirst() ?? rest else {
            Issue.record("a request that the script does not have: \(request.method.rawValue) \(request.url)")
            throw TransportFailure(setup: "the script is over")
        }
        if step.cancelsTask { withUnsafeCurrentTask { $0?.cancel() } }
        if let total = request.limits.total, step.time > total {
            clock += total
            throw TransportFailure(reason: .timeout(.total), phase: .waiting, requestTouched: true, message: "scripted")
        }
        clock += step.time
        return step
    }

    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) {
        sleeps.append(instant - clock)
        if sleeps.count == canceledSleep { withUnsafeCurrentTask { $0?.cancel() } }
        if Task.isCancelled { throw CancellationError() }
        clock = max(clock, instant) + oversleep
    }

    func now() -> ContinuousClock.Instant { clock }

    func random() -> Double { fixedRandom }
}
