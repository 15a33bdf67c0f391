// The table of retries and delivery, row by row: what may be sent once more, after how long, and what became of a
// create that failed.

import Testing

@testable import Replicate

struct RetryPolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let outcome: RetryPolicy.Outcome
        let read: Bool
        let create: Bool
        let cancel: Bool
        let delivery: ReplicateError.Delivery

        init(
            _ outcome: RetryPolicy.Outcome, _ read: Bool, _ create: Bool, _ cancel: Bool,
            _ delivery: ReplicateError.Delivery
        ) {
            (self.outcome, self.read, self.create, self.cancel, self.delivery) = (
                outcome, read, create, cancel, delivery
            )
        }

        var testDescription: String {
            if case .failure(let failure) = outcome { return "\(failure.reason) touched \(failure.requestTouched)" }
            return "\(outcome)"
        }
    }

    private static func failed(_ reason: TransportFailure.Reason, _ touched: Bool, status: Int? = nil) -> RetryPolicy.Outcome {
        let beginning = status.map { TransportFailure.Beginning(status: $0) }
        return .failure(
            TransportFailure(reason: reason, phase: .waiting, requestTouched: touched, message: "", beginning: beginning))
    }

    private static let broken: [TransportFailure.Reason] = [
        .name, .connect, .tls, .send, .receive, .truncated, .malformed, .timeout(.connect), .timeout(.idle),
    ]
    private static let final: [TransportFailure.Reason] = [
        .canceled, .setup, .tooLarge("a body"), .refused("a network"), .content("a file"), .timeout(.total),
    ]

    static let rows: [Row] =
        broken.map { Row(failed($0, false), true, true, true, .notSent) }
        + broken.map { Row(failed($0, true), true, false, true, .maybeSent) }
        // The server has said that it did it; that, or why not, was cut.
        + broken.map { Row(failed($0, true, status: 200), true, false, false, .maybeSent) }
        + broken.map { Row(failed($0, true, status: 201), true, false, false, .maybeSent) }
        + broken.map { Row(failed($0, true, status: 500), true, false, true, .maybeSent) }
        + final.map { Row(failed($0, false), false, false, false, .notSent) }
        + final.map { Row(failed($0, true), false, false, false, .maybeSent) }
        + [
            Row(.status(429, retryAfter: nil), true, true, true, .rejected),
            Row(.unreadable, true, false, false, .maybeSent),
        ]
        + [408, 425, 500, 502, 503, 504].map { Row(.status($0, retryAfter: nil), true, false, true, .maybeSent) }
        + [501, 505, 507, 511, 520, 599].map { Row(.status($0, retryAfter: nil), false, false, false, .maybeSent) }
        + [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 424, 426, 428, 431, 451, 499].map {
            Row(.status($0, retryAfter: nil), false, false, false, .rejected)
        }
        + [301, 302, 307, 308].map { Row(.status($0, retryAfter: nil), false, false, false, .rejected) }

    @Test(arguments: rows)
    func retriedOrNot(_ row: Row) {
        let policy = RetryPolicy(maximumRetries: 1)
        let expected: [(RetryPolicy.Repetition, Bool)] = [
            (.harmless, row.read), (.createsAnother, row.create), (.sameEndState, row.cancel),
        ]
        for (repetition, retried) in expected {
            let delay = policy.delay(after: row.outcome, of: repetition, retriesMade: 0, random: 0.5)
            #expect((delay != nil) == retried, "\(repetition)")
            #expect(policy.delay(after: row.outcome, of: repetition, retriesMade: 1, random: 0.5) == nil)
        }
    }

    @Test(arguments: rows)
    func delivery(_ row: Row) {
        #expect(RetryPolicy.delivery(of: row.outcome) == row.delivery)
    }

    @Test(arguments: rows)
    func aCreateThatMayExistIsNeverRepeated(_ row: Row) {
        if row.delivery == .maybeSent { #expect(!row.create) }
    }

    @Test(arguments: [(0, 0.5), (1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (60, 8), (99, 8)])
    func delaysDoubleUpToEightSeconds(_ retriesMade: Int, _ most: Double) throws {
        let policy = RetryPolicy(maximumRetries: 100)
        for random in [0, 0.25, 0.999] {
            let delay = policy.delay(
                after: .status(500, retryAfter: nil), of: .harmless, retriesMade: retriesMade, random: random)
            #expect(try #require(delay) == most * random)
        }
    }

    @Test(arguments: [(0.001, 0, 0.001), (0.05, 3, 0.4), (60, 99, 960)])
    func theFirstDelayCanBeSet(_ first: Double, _ retriesMade: Int, _ most: Double) throws {
        let policy = RetryPolicy(maximumRetries: 100, firstDelay: first)
        let delay = policy.delay(
            after: .status(500, retryAfter: nil), of: .harmless, retriesMade: retriesMade, random: 0.5)
        #expect(try #require(delay) == most * 0.5)
    }

    @Test(arguments: [(0, 0, true), (0, 0.001, false), (3600, 3600, true), (3600, 3600.5, false)])
    func theLongestWaitCanBeSet(_ longest: Double, _ asked: Double, _ isWaitedFor: Bool) {
        let policy = RetryPolicy(longestRetryAfter: longest)
        let delay = policy.delay(after: .status(429, retryAfter: asked), of: .harmless, retriesMade: 0, random: 0)
        #expect(delay == (isWaitedFor ? asked : nil))
    }

    @Test func delaysAreSpreadOverTheWholeRange() throws {
        let policy = RetryPolicy()
        var generator = SeededGenerator(seed: 1)
        var slots = [Int](repeating: 0, count: 10)
        for _ in 0..<500 {
            let random = Double.random(in: 0..<1, using: &generator)
            let delay = try #require(
                policy.delay(after: .status(503, retryAfter: nil), of: .harmless, retriesMade: 0, random: random))
            slots[Int(delay / 0.05)] += 1
        }
        #expect(try #require(slots.max()) <= 75, "no slot of 50 ms holds more than 15 % of 500 clients: \(slots)")
    }

    @Test(arguments: [0, 0.5, 7, 59.9, 60], [0, 0.5, 0.999])
    func retryAfterIsTheLeastDelay(_ seconds: Double, _ random: Double) throws {
        for (status, repetition) in [
            (429, RetryPolicy.Repetition.createsAnother), (503, .harmless), (503, .sameEndState),
        ] {
            let delay = RetryPolicy().delay(
                after: .status(status, retryAfter: seconds), of: repetition, retriesMade: 0, random: random)
            #expect(try #require(delay) >= seconds)
            #expect(try #require(delay) <= seconds + 0.25)
        }
    }

    @Test(arguments: [60.001, 61, 3600, 1e8])
    func aServerThatAsksForTooLongIsNotWaitedFor(_ seconds: Double) {
        #expect(
            RetryPolicy().delay(after: .status(429, retryAfter: seconds), of: .harmless, retriesMade: 0, random: 0)
                == nil)
    }

    @Test func retryAfterDoesNotMakeACreateRepeatable() {
        #expect(
            RetryPolicy().delay(after: .status(503, retryAfter: 1), of: .createsAnother, retriesMade: 0, random: 0)
                == nil)
    }

    @Test(arguments: [0, 1, 2, 5, 100])
    func retriesAreCounted(_ maximum: Int) {
        let policy = RetryPolicy(maximumRetries: maximum)
        var made = 0
        while policy.delay(after: .status(500, retryAfter: nil), of: .harmless, retriesMade: made, random: 0) != nil {
            made += 1
        }
        #expect(made == maximum)
    }
}
