// `wait`: following a prediction that exists. And the Prefer header that a create waits with.

import Testing

@testable import Replicate

struct WaitTests {
    @Test func theFirstLookIsAtOnce() async throws {
        let network = ScriptedNetwork([.json(200, prediction("succeeded"))])
        #expect(try await Client(network).wait("p1", Options())["status"]?.string == "succeeded")
        #expect(await network.sent.map(\.at) == [.zero])
        #expect(await network.sleeps.isEmpty)
        #expect(await network.sent.first?.request.method == .get)
    }

    @Test func itPollsUntilTheEnd() async throws {
        let output = ",\"output\":\"x\""
        let network = ScriptedNetwork(
            [
                .json(200, prediction("processing", output)), .json(200, prediction("processing", output)),
                .json(200, prediction("succeeded", output)),
            ], random: 0)
        let updates = Recorder<String?>()
        _ = try await Client(network).wait("p1", Options(), onUpdate: { updates.add($0["status"]?.string) })
        #expect(updates.values == ["processing", "succeeded"])
        #expect(await network.sent.map(\.at) == [.zero, .milliseconds(500), .milliseconds(1000)])
    }

    @Test func aFailedPredictionIsAnError() async throws {
        let network = ScriptedNetwork([.json(200, prediction("failed", ",\"error\":\"x\""))])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) { _ = try await client.wait("p1", Options()) }
        #expect(error.kind == .modelFailed)
        #expect(error.delivery == nil)
    }

    @Test func aMissedDeadlineSendsNoCancel() async throws {
        let network = ScriptedNetwork([], rest: .json(200, prediction("processing")))
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.wait("p1", Options(["timeout_ms": "2000"]))
        }
        #expect(error.kind == .timeout)
        #expect(error.prediction != nil)
        #expect(await network.elapsed == .seconds(2))
        #expect(await network.sent.allSatisfy { $0.request.method == .get })
    }

    @Test func canceledWhileSleepingHasThePrediction() async throws {
        let network = ScriptedNetwork([.json(200, prediction("processing"))], cancelingSleep: 1)
        let client = try Client(network)
        let result = await Task { try await client.wait("p1", Options()) }.result
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .canceled)
        #expect(error.prediction?.rawText == prediction("processing"))
        #expect(await network.sent.count == 1)
    }

    @Test func aTrainingIsLookedAtWhereTrainingsAre() async throws {
        let network = ScriptedNetwork([.json(200, prediction("processing")), .json(200, prediction("failed"))])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.wait("p1", for: .training, Options())
        }
        #expect(error.message == "the training failed")
        #expect(await network.sent.allSatisfy { $0.request.url == "https://api.replicate.com/v1/trainings/p1" })
        #expect(await network.sent.count == 2)
    }

    @Test(
        arguments: [
            ([:], .longest, "wait", 60), (["wait": nil], .none, nil, 0), (["wait": "1"], .seconds(1), "wait=1", 1),
            (["wait": "60"], .seconds(60), "wait=60", 60),
        ] as [(KeyValuePairs<String, String?>, Wait, String?, Int)])
    func howLongACreateIsHeld(_ options: KeyValuePairs<String, String?>, _ wait: Wait, _ header: String?, _ held: Int)
        throws
    {
        let read = Wait(try Options(options), default: .longest)
        #expect(read == wait)
        #expect(read.header == header)
        #expect(read.held == .seconds(held))
    }

    @Test func withoutTheOptionTheOperationDecides() throws {
        #expect(Wait(Options(), default: .none) == .none)
    }
}
