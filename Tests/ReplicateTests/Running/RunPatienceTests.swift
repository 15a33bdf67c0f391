// How long `run` and `wait` hold out: deadlines, failing polls, unknown words and cancellation, on the virtual clock.

import Testing

@testable import Replicate

struct RunPatienceTests {
    private func run(_ network: ScriptedNetwork, _ options: KeyValuePairs<String, String?> = [:]) async throws -> JSON {
        try await Client(network).run(.version("v"), promptInput(), Options(options))
    }

    @Test func anUnknownStatusIsWaitedForTenMinutes() async throws {
        let network = ScriptedNetwork([], rest: .json(200, prediction("pondering\\n")))
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await run(network, ["poll_interval_ms": "5000"])
        }
        #expect(error.kind == .protocol)
        #expect(error.message.contains("\"pondering\""))
        #expect(error.prediction?["id"]?.string == "p1")
        #expect((Duration.seconds(600)..<Duration.seconds(606)).contains(await network.elapsed))
    }

    @Test func aKnownStatusInBetweenStartsTheTenMinutesAnew() async throws {
        let unknown = [ScriptedNetwork.Step](repeating: .json(200, prediction("pondering")), count: 80)
        let network = ScriptedNetwork(
            unknown + [.json(200, prediction("processing"))] + unknown + [.json(200, prediction("succeeded"))])
        #expect(try await run(network, ["poll_interval_ms": "5000"])["status"]?.string == "succeeded")
        #expect(await network.elapsed > .seconds(700))
    }

    @Test func theDeadlineEndsItWithThePrediction() async throws {
        let network = ScriptedNetwork([], rest: .json(200, prediction("processing", ",\"logs\":\"so far\"")))
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await run(network, ["timeout_ms": "5000"])
        }
        #expect(error.kind == .timeout)
        #expect(error.prediction?["logs"]?.string == "so far")
        #expect(await network.elapsed == .seconds(5))
        #expect(await network.sent.allSatisfy { $0.at < .seconds(5) })
    }

    @Test func aPollThatHangsOverTheDeadlineEndsAtTheDeadline() async throws {
        let network = ScriptedNetwork(
            [.json(201, prediction("starting"))], rest: .json(200, prediction("starting")).taking(.seconds(30)))
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await run(network, ["timeout_ms": "5000"])
        }
        #expect(error.kind == .timeout)
        #expect(error.prediction?["id"]?.string == "p1")
        #expect(await network.elapsed == .seconds(5))
    }

    @Test func withoutADeadlineThereIsNoEnd() async throws {
        let day = [ScriptedNetwork.Step](repeating: .json(200, prediction("processing")), count: 100)
        let network = ScriptedNetwork(day + [.json(200, prediction("succeeded"))])
        _ = try await run(network, ["poll_interval_ms": "3600000"])
        #expect(await network.elapsed > .seconds(100 * 3600))
    }

    /// A look has a minute of its own. That it was over between two tries ended the run, whose prediction was canceled then.
    @Test func aLookWhoseOwnTimeIsOverIsOneThatFailed() async throws {
        let slow = ScriptedNetwork.Step.json(503, "{}", [("Retry-After", "1")]).taking(.milliseconds(58_500))
        let network = ScriptedNetwork(
            [.json(201, prediction("starting")), slow, .json(200, prediction("succeeded"))], oversleep: .milliseconds(600))
        #expect(try await run(network)["status"]?.string == "succeeded")
        #expect(await network.sleeps.count == 3)
        #expect(await network.elapsed > .seconds(60))
    }

    @Test func aThirdOfThePollsMayFail() async throws {
        var steps: [ScriptedNetwork.Step] = [.json(201, prediction("starting"))]
        for number in 0..<500 {
            switch number % 10 {
            case 1: steps.append(.json(500, ""))
            case 4: steps.append(.fails(.receive, touched: true))
            case 5: steps.append(.json(429, "{}"))
            default: steps.append(.json(200, prediction("processing")))
            }
        }
        let network = ScriptedNetwork(steps + [.json(200, prediction("succeeded"))], random: 0)
        #expect(try await run(network, ["max_retries": "0"])["status"]?.string == "succeeded")
        let sent = await network.sent
        #expect(sent.count == 502)
        #expect(zip(sent, sent.dropFirst()).allSatisfy { $1.at - $0.at >= .milliseconds(500) })
    }

    @Test func tenFailedPollsInARowAreTheEndWithThePrediction() async throws {
        let failing = [ScriptedNetwork.Step](repeating: .json(503, "down"), count: 9)
        let steps = [.json(201, prediction("starting"))] + failing + [.json(200, prediction("processing"))]
        let network = ScriptedNetwork(steps, rest: .json(503, "down"))
        let error = try await #require(throws: ReplicateError.self) { _ = try await run(network, ["max_retries": "0"]) }
        #expect(error.kind == .capacity)
        #expect(error.message == "down")
        #expect(error.prediction?.rawText == prediction("processing"))
        #expect(await network.sent.count == 1 + 9 + 1 + 10)
    }

    @Test(arguments: [401, 403, 422])
    func aPollThatCannotSucceedLaterIsTheEndAtOnce(_ status: Int) async throws {
        let network = ScriptedNetwork([.json(201, prediction("starting")), .json(status, "{}")])
        let error = try await #require(throws: ReplicateError.self) { _ = try await run(network) }
        #expect(error.status == status)
        #expect(error.prediction?["id"]?.string == "p1")
    }

    @Test func canceledWhileSleepingHasThePrediction() async throws {
        let network = ScriptedNetwork(
            [.json(201, prediction("starting")), .json(200, prediction("processing"))], cancelingSleep: 2)
        let result = await Task { try await run(network) }.result
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .canceled)
        #expect(error.prediction?.rawText == prediction("processing"))
        #expect(await network.sent.count == 2)
    }

    @Test func canceledWhilePollingHasThePrediction() async throws {
        let network = ScriptedNetwork([.json(201, prediction("starting")), .canceled])
        let result = await Task { try await run(network) }.result
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .canceled)
        #expect(error.prediction?.rawText == prediction("starting"))
    }

    @Test func abandonSendsOneCancelAndTakesFiveSecondsAtMost() async throws {
        let network = ScriptedNetwork([], rest: .json(500, "").taking(.seconds(2)))
        try await Client(network).abandon(JSON(validating: prediction("processing")))
        #expect(await network.sent.first?.request.url == "https://api.replicate.com/v1/predictions/p1/cancel")
        #expect(await network.elapsed <= .seconds(5))
        let silent = ScriptedNetwork([])
        try await Client(silent).abandon(JSON(validating: "{}"))
        #expect(await silent.sent.isEmpty)
    }
}
