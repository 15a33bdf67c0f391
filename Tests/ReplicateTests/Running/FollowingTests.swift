// What is to be done next with a prediction that is waited for, by what the looks have shown.

import Testing

@testable import Replicate

struct FollowingTests {
    private let start = ContinuousClock.now

    private func following(
        _ first: String, _ job: Job = .prediction, held: Bool = false, deadline: Duration? = nil
    ) throws -> Following {
        Following(
            job, PredictionState(try JSON(validating: first)), held: held, interval: .seconds(1),
            deadline: deadline.map { start + $0 })
    }

    /// In words: the pause in seconds (and what is after it), or the end.
    private func next(_ following: inout Following, at seconds: Double = 0, random: Double = 0) -> String {
        switch following.next(at: start + .seconds(seconds), random: random) {
        case .pause(let instant): "\(following.isOver ? "end" : "look") at \((instant - start) / .seconds(1))"
        case .ended(.success(let json)): "done: \(json["status"]?.string ?? "")"
        case .ended(.failure(let error)): "\(error.kind.rawValue): \(error.prediction?["status"]?.string ?? "no prediction")"
        }
    }

    @Test(arguments: [
        (prediction("starting"), false, "look at 1.0"),
        (prediction("processing", ",\"output\":1"), false, "look at 1.0"),
        (prediction("processing", ",\"output\":1"), true, "done: processing"),
        (prediction("processing"), true, "look at 1.0"),
        (prediction("pondering"), false, "look at 1.0"),
        (prediction("succeeded"), false, "done: succeeded"),
        (prediction("failed", ",\"error\":\"no\""), false, "model_failed: failed"),
        (prediction("canceled"), true, "canceled: canceled"),
        ("{\"status\":\"starting\"}", false, "protocol: starting"),
        ("{\"status\":\"succeeded\"}", false, "done: succeeded"),
    ])
    func theFirstSnapshotDecides(_ first: String, held: Bool, expected: String) throws {
        var following = try following(first, held: held)
        #expect(next(&following) == expected)
    }

    @Test(
        arguments: [
            (nil, 0, 0, "look at 1.0"), (nil, 7, 0.5, "look at 8.1"), (5, 0, 0, "look at 1.0"), (5, 4.5, 0, "end at 5.0"),
            (5, 4, 0, "end at 5.0"), (5, 6, 0, "end at 5.0"),
        ] as [(Double?, Double, Double, String)])
    func aPauseEndsWithALookOrAtTheDeadline(_ deadline: Double?, at: Double, random: Double, expected: String) throws {
        var following = try following(prediction("starting"), deadline: deadline.map { .seconds($0) })
        #expect(next(&following, at: at, random: random) == expected)
        if following.isOver { #expect(next(&following, at: at) == "timeout: starting") }
    }

    @Test func onlyWhatIsNewIsToBeShown() throws {
        var following = try following(prediction("starting"))
        let texts = ["starting", "processing", "processing", "succeeded"]
        let isNew = try texts.map { following.saw(try JSON(validating: prediction($0))) }
        #expect(isNew == [false, true, false, true])
        #expect(next(&following) == "done: succeeded")
    }

    @Test func anOutputInTheMiddleIsNoEnd() throws {
        var following = try following(prediction("starting"), held: true)
        #expect(next(&following) == "look at 1.0")
        let isNew = following.saw(try JSON(validating: prediction("processing", ",\"output\":1")))
        #expect(isNew)
        #expect(next(&following, at: 1) == "look at 2.0")
    }

    @Test func tenFailuresInARowAreTheEnd() throws {
        var failure = ReplicateError(.network, "broken")
        failure.retryable = true
        var following = try following(prediction("processing"))
        for _ in 1..<PollHistory.failuresAllowed {
            following.failed(failure)
            #expect(next(&following) == "look at 1.0")
        }
        following.failed(failure)
        #expect(next(&following) == "network: processing")
    }

    @Test func aFailureThatStaysIsTheEndAtOnce() throws {
        var following = try following(prediction("processing"))
        following.failed(ReplicateError(.notFound, "gone"))
        #expect(following.isOver)
        #expect(next(&following) == "not_found: processing")
    }

    @Test func theAnswerOfAnotherIsAFailedLook() throws {
        var following = try following(prediction("processing"))
        for _ in 0..<PollHistory.failuresAllowed {
            #expect(!following.isOver)
            let isNew = following.saw(try JSON(validating: "{\"id\":\"p2\",\"status\":\"succeeded\"}"))
            #expect(!isNew)
        }
        #expect(next(&following) == "protocol: processing")
    }

    @Test func whoDoesNotWaitAnyLongerIsToldWhatWasSeen() throws {
        var canceled = try following(prediction("processing"), .training)
        #expect(next(&canceled) == "look at 1.0")
        canceled.cancel()
        #expect(next(&canceled) == "canceled: processing")
        var late = try following(prediction("processing"), .training)
        late.expire()
        #expect(next(&late) == "timeout: processing")
    }
}
