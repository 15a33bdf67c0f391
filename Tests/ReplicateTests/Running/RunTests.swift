// `run`: a create that may be held back, polls while there is something to wait for, and the end of the prediction.

import Testing

@testable import Replicate

struct RunTests {
    private func run(
        _ network: ScriptedNetwork, _ options: KeyValuePairs<String, String?> = [:], onUpdate: Client.Observer? = nil
    ) async throws -> JSON {
        try await Client(network).run(.version("v"), promptInput(), Options(options), onUpdate: onUpdate)
    }

    @Test func aHeldCreateThatSucceededIsTheEnd() async throws {
        let network = ScriptedNetwork([.json(201, prediction("succeeded", ",\"output\":\"x\""))])
        let result = try await run(network)
        #expect(result["output"]?.string == "x")
        #expect(await network.sleeps.isEmpty)
        #expect(await network.sent.first?.request.header("Prefer") == "wait")
    }

    @Test func processingWithAnOutputAfterAHeldCreateIsSuccess() async throws {
        let network = ScriptedNetwork([.json(201, prediction("processing", ",\"output\":[\"x\"]"))])
        #expect(try await run(network, ["wait": "5"])["output"]?[0]?.string == "x")
        #expect(await network.sent.count == 1)
    }

    @Test(arguments: [
        ("processing", ",\"output\":null"), ("processing", ""), ("starting", ""), ("starting", ",\"output\":\"early\""),
    ])
    func whatIsNotDoneIsPolled(_ status: String, _ output: String) async throws {
        let network = ScriptedNetwork(
            [
                .json(202, prediction(status, output)), .json(200, prediction("processing")),
                .json(200, prediction("succeeded")),
            ], random: 0)
        #expect(try await run(network)["status"]?.string == "succeeded")
        let sent = await network.sent
        #expect(sent.map(\.request.method) == [.post, .get, .get])
        #expect(sent.dropFirst().allSatisfy { $0.request.url == "https://api.replicate.com/v1/predictions/p1" })
        #expect(sent.map(\.at) == [.zero, .milliseconds(500), .milliseconds(1000)])
    }

    @Test func aPollThatShowsAnOutputIsNotTheEnd() async throws {
        let network = ScriptedNetwork([
            .json(202, prediction("starting")), .json(200, prediction("processing", ",\"output\":[\"a\"]")),
            .json(200, prediction("succeeded", ",\"output\":[\"a\",\"b\"]")),
        ])
        #expect(try await run(network)["output"]?[1]?.string == "b")
    }

    @Test func aPollThatIsNotOfThisPredictionIsLookedOver() async throws {
        let network = ScriptedNetwork([
            .json(202, prediction("starting")), .json(200, "{}"), .json(200, "{\"id\":\"p2\",\"status\":\"succeeded\"}"),
            .json(200, "{\"detail\":\"oops\"}"), .json(200, prediction("succeeded")),
        ])
        #expect(try await run(network)["id"]?.string == "p1")
        #expect(await network.sent.dropFirst().allSatisfy { $0.request.url.hasSuffix("/predictions/p1") })
    }

    @Test func answersThatAreNeverOfThisPredictionEndTheWaitWithItsLastState() async throws {
        let network = ScriptedNetwork([.json(202, prediction("starting"))], rest: .json(200, "{}"))
        let error = try await #require(throws: ReplicateError.self) { _ = try await run(network) }
        #expect(error.kind == .protocol)
        #expect(error.prediction?.rawText == prediction("starting"))
    }

    @Test(
        arguments: [
            ("1000", nil, nil), ("1999", nil, nil), ("2000", nil, "wait=1"), ("30000", nil, "wait=29"),
            ("61000", nil, "wait=60"), ("61001", nil, "wait"), ("90000", nil, "wait"), ("10000", "5", "wait=5"),
            ("10000", "9", "wait=9"), ("10000", "10", "wait=9"), ("1500", "1", nil),
        ] as [(String, String?, String?)])
    func aHeldCreateIsAnsweredBeforeTheDeadline(_ timeout: String, _ wait: String?, _ header: String?) async throws {
        let network = ScriptedNetwork([.json(201, prediction("succeeded"))])
        var options = try Options(["timeout_ms": "\(timeout)"])
        if let wait { try options.set("wait", wait) }
        _ = try await Client(network).run(.version("v"), promptInput(), options)
        #expect(await network.sent.first?.request.header("Prefer") == header)
    }

    @Test func withoutAHeldCreateProcessingWithAnOutputIsPolledOn() async throws {
        let output = ",\"output\":[\"half\"]"
        let network = ScriptedNetwork([
            .json(201, prediction("processing", output)), .json(200, prediction("succeeded", output)),
        ])
        #expect(try await run(network, ["wait": nil])["status"]?.string == "succeeded")
        #expect(await network.sent.first?.request.header("Prefer") == nil)
    }

    @Test(
        arguments: [
            ("failed", ",\"error\":\"CUDA\"", .modelFailed, "CUDA"),
            ("canceled", "", .canceled, "the prediction was canceled"),
            ("aborted", "", .canceled, "the prediction was aborted before it started"),
            ("failed", ",\"error\":\"NSFW\"", .contentFiltered, "NSFW"),
        ] as [(String, String, ReplicateError.Kind, String)])
    func anEndThatIsNotSuccessIsAnErrorWithThePrediction(
        _ status: String, _ more: String, _ kind: ReplicateError.Kind, _ message: String
    ) async throws {
        for polls in [0, 2] {
            let steps = [ScriptedNetwork.Step](repeating: .json(200, prediction("starting")), count: polls)
            let network = ScriptedNetwork(steps + [.json(200, prediction(status, more))])
            let error = try await #require(throws: ReplicateError.self) { _ = try await run(network) }
            #expect(error.kind == kind)
            #expect(error.message == message)
            #expect(error.prediction?.rawText == prediction(status, more))
            #expect(await network.stepsLeft == 0)
        }
    }

    @Test(arguments: ["10", "500", "60000", "120000", "3600000"])
    func pollsAreNeverCloserThanTheIntervalAndEachHasTimeToAnswer(_ interval: String) async throws {
        let steps = [ScriptedNetwork.Step](
            repeating: .json(200, prediction("processing")).taking(.milliseconds(30)), count: 20)
        let network = ScriptedNetwork(steps + [.json(200, prediction("succeeded"))], random: 0)
        _ = try await run(network, ["poll_interval_ms": "\(interval)"])
        let sent = await network.sent
        for (earlier, later) in zip(sent, sent.dropFirst()) {
            #expect(later.at - earlier.at >= .milliseconds(try #require(Int(interval))))
            #expect(try #require(later.request.limits.total) >= .seconds(59))
        }
    }

    @Test func updatesAreTheFirstSnapshotAndEveryChange() async throws {
        let texts =
            ["1", "1", "2", "2", "2", "3"].map { prediction("processing", ",\"logs\":\"\($0)\"") } + [
                prediction("succeeded")
            ]
        let network = ScriptedNetwork(texts.map { .json(200, $0) })
        let updates = Recorder<String>()
        _ = try await run(network, onUpdate: { updates.add($0.rawText) })
        #expect(updates.values == [texts[0], texts[2], texts[5], texts[6]])
    }

    @Test func aSnapshotWithoutAnIDCannotBeFollowed() async throws {
        for text in ["{}", "{\"status\":\"starting\"}", "[]", "{\"id\":\"\",\"status\":\"processing\"}"] {
            let network = ScriptedNetwork([.json(201, text)])
            let error = try await #require(throws: ReplicateError.self) { _ = try await run(network) }
            #expect(error.kind == .protocol)
            #expect(error.prediction?.rawText == text)
            #expect(await network.sent.count == 1)
        }
    }

    @Test func aFailedCreateIsNotPolled() async throws {
        let network = ScriptedNetwork([.json(500, "oops")])
        let error = try await #require(throws: ReplicateError.self) { _ = try await run(network) }
        #expect(error.delivery == .maybeSent)
        #expect(error.prediction == nil)
        #expect(await network.sent.count == 1)
    }
}
