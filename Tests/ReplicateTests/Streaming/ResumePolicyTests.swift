// The table of what follows the end of a stream's connection, and the delays.

import Testing

@testable import Replicate

struct ResumePolicyTests {
    private static func failed(_ reason: TransportFailure.Reason) -> ResumePolicy.Ending {
        .failure(TransportFailure(reason: reason, phase: .receiving, requestTouched: true, message: ""))
    }

    private static func statuses(_ statuses: [Int]) -> [ResumePolicy.Ending] {
        statuses.map { .status($0, retryAfter: nil) }
    }

    static let resumable: [ResumePolicy.Ending] =
        [.closed]
        + [.name, .connect, .tls, .send, .receive, .truncated, .malformed, .timeout(.connect), .timeout(.idle)].map(failed)
        + statuses([408, 425, 429, 500, 501, 502, 503, 504, 507, 520, 599])
    static let final: [ResumePolicy.Ending] =
        [.notAStream]
        + [.canceled, .setup, .tooLarge("a header"), .refused("a network"), .content("a code"), .timeout(.total)].map(failed)
        + statuses([0, 100, 201, 204, 205, 206, 301, 304, 307, 400, 401, 403, 404, 405, 409, 410, 422, 424, 426, 431, 451, 600])

    private func decide(
        _ policy: inout ResumePolicy, _ ending: ResumePolicy.Ending, isDone: Bool = false, new: Bool = false, retry: Int? = nil,
        random: Double = 0.5
    ) -> ResumePolicy.Decision {
        policy.decide(after: ending, isDone: isDone, hadNewEvents: new, retryMilliseconds: retry, random: random)
    }

    @Test(arguments: resumable + final, [true, false])
    func doneIsTheEndWhateverElseHappened(_ ending: ResumePolicy.Ending, _ new: Bool) {
        var policy = ResumePolicy()
        #expect(decide(&policy, ending, isDone: true, new: new, retry: 1) == .finished)
    }

    @Test(arguments: resumable)
    func resumed(_ ending: ResumePolicy.Ending) {
        var policy = ResumePolicy()
        #expect(decide(&policy, ending, new: true) == .reconnect(after: 0))
        #expect(decide(&policy, ending) == .reconnect(after: 0.1))
    }

    @Test(arguments: final, [true, false])
    func notResumed(_ ending: ResumePolicy.Ending, _ new: Bool) {
        var policy = ResumePolicy()
        #expect(decide(&policy, ending, new: new, retry: 1) == .truncated)
    }

    @Test func ofWhatWasJustMadeTheStreamMayBeUnknownForAWhile() {
        var policy = ResumePolicy()
        policy.mayBeAbsent = true
        for _ in 0..<policy.maximumReconnects {
            #expect(decide(&policy, .status(404, retryAfter: nil)) != .truncated)
        }
        #expect(decide(&policy, .status(404, retryAfter: nil)) == .truncated)
    }

    @Test func aStreamThatWasThereIsNotUnknown() {
        var policy = ResumePolicy()
        policy.mayBeAbsent = true
        #expect(decide(&policy, .closed, new: true) != .truncated)
        #expect(decide(&policy, .status(404, retryAfter: nil)) == .truncated)
    }

    @Test(arguments: [0, 1, 5, 20])
    func fruitlessReconnectsAreCounted(_ maximum: Int) {
        var policy = ResumePolicy(maximumReconnects: maximum)
        for _ in 0..<maximum { #expect(decide(&policy, .closed) != .truncated) }
        #expect(policy.fruitlessReconnects == maximum)
        for _ in 0..<3 { #expect(decide(&policy, .closed) == .truncated) }
    }

    @Test func oneNewEventBeginsTheCountAnew() {
        var policy = ResumePolicy()
        for _ in 0..<10 {
            #expect(decide(&policy, Self.failed(.receive), new: true) == .reconnect(after: 0))
            for _ in 0..<4 { #expect(decide(&policy, Self.failed(.connect)) != .truncated) }
        }
        #expect(decide(&policy, .closed) == .truncated)
    }

    @Test func delaysDoubleUpToFourSeconds() {
        for random in [0, 0.25, 0.999] {
            var policy = ResumePolicy(maximumReconnects: 100)
            for most in [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 4, 4, 4] {
                #expect(decide(&policy, .closed, random: random) == .reconnect(after: most * random))
            }
            for _ in 9..<100 { #expect(decide(&policy, .closed, random: random) == .reconnect(after: 4 * random)) }
        }
    }

    @Test(arguments: [(0, 0), (1, 0.001), (200, 0.2), (3000, 3), (30000, 30), (30001, 30), (.max, 30), (-1, 0)])
    func theServersRetryIsTheDelay(_ milliseconds: Int, _ seconds: Double) {
        for new in [true, false] {
            var policy = ResumePolicy()
            for _ in 0..<5 {
                #expect(decide(&policy, .closed, new: new, retry: milliseconds, random: 0.9) == .reconnect(after: seconds))
            }
        }
    }

    @Test(arguments: [429, 503, 408], [0, 0.5, 7, 60])
    func retryAfterIsTheLeastDelay(_ status: Int, _ seconds: Double) {
        for random in [0, 0.5, 0.999] {
            var policy = ResumePolicy()
            let decision = decide(&policy, .status(status, retryAfter: seconds), random: random)
            #expect(decision == .reconnect(after: max(seconds + 0.25 * random, 0.1 * random)))
        }
    }

    @Test func theLongerOfRetryAndRetryAfter() {
        var policy = ResumePolicy()
        #expect(decide(&policy, .status(429, retryAfter: 1), retry: 3000) == .reconnect(after: 3))
        #expect(decide(&policy, .status(429, retryAfter: 4), retry: 3000, random: 0) == .reconnect(after: 4))
    }

    @Test(arguments: [60.001, 3600, 1e8, .infinity])
    func aServerThatAsksForTooLongIsNotWaitedFor(_ seconds: Double) {
        var policy = ResumePolicy()
        #expect(decide(&policy, .status(429, retryAfter: seconds)) == .truncated)
    }

    @Test func retryAfterDoesNotMakeA404Resumable() {
        var policy = ResumePolicy()
        #expect(decide(&policy, .status(404, retryAfter: 1)) == .truncated)
    }
}
