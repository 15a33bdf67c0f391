// `stream` with fallback: what cannot be read as a stream is polled, and brings the same events.

import Testing

@testable import Replicate

struct StreamFallbackTests {
    typealias Script = StreamScript
    typealias Step = ScriptedNetwork.Step

    private static func snapshot(_ status: String, _ words: Int, _ more: String = "") -> Step {
        .json(200, prediction(status, ",\"output\":[" + (0..<words).map { "\"\($0)\"" }.joined(separator: ",") + "]" + more))
    }

    private static let polls = [snapshot("processing", 1), snapshot("processing", 3), snapshot("succeeded", 4)]

    @Test func aPredictionWithoutAStreamIsPolled() async throws {
        let script = Script(Self.polls, created: prediction("starting"), final: nil)
        let updates = Recorder<String>()
        let result = try await Client(script.network).stream(
            .version("v"), promptInput(), Options(["fallback": "poll"]),
            onUpdate: { updates.add($0["status"]?.string ?? "") }, deliver: { $0.events.forEach(script.events.add) })
        #expect(result["status"]?.string == "succeeded")
        #expect(script.delivered == "0 1 2 3 done")
        #expect(updates.values == ["starting", "processing", "processing", "succeeded"])
        #expect(await script.network.stepsLeft == 0)
        #expect(await script.requests == ["POST predictions", "GET p1", "GET p1", "GET p1"])
    }

    @Test(arguments: [403, 410, 401])
    func aStreamThatIsRefusedIsPolled(_ status: Int) async throws {
        let script = Script([.stream(status, ["{}"])] + Self.polls, final: nil)
        _ = try await script.run(["fallback": "poll"])
        #expect(script.delivered == "0 1 2 3 done")
    }

    /// Its first words would come twice.
    @Test func aStreamThatBreaksIsNot() async throws {
        let script = Script([Script.words("1:a"), .stream(404, ["{}"])])
        #expect(try await script.error(["fallback": "poll"]).kind == .truncated)
        #expect(script.delivered == "a")
    }

    @Test func aFailureIsTold() async throws {
        let script = Script(
            [Self.snapshot("failed", 1, ",\"error\":\"Out of memory (E1001)\"")], created: prediction("starting"), final: nil)
        let error = try await script.error(["fallback": "poll"])
        #expect(error.kind == .modelFailed)
        #expect(error.code == "E1001")
        #expect(script.events.values.map { String(decoding: $0.event, as: UTF8.self) } == ["output", "error", "done"])
    }

    @Test func aCanceledPredictionIsAResult() async throws {
        let script = Script([Self.snapshot("canceled", 1)], created: prediction("starting"), final: nil)
        #expect(try await script.run(["fallback": "poll"])["status"]?.string == "canceled")
        #expect(script.delivered == "0 done")
    }

    @Test func thereIsADeadline() async throws {
        let script = Script(
            [Step](repeating: Self.snapshot("processing", 1), count: 1), created: prediction("starting"), final: nil)
        let error = try await script.error(["fallback": "poll", "timeout_ms": "900", "poll_interval_ms": "500"])
        #expect(error.kind == .timeout)
        #expect(error.prediction?["status"]?.string == "processing")
    }

    @Test func aDeliverThatThrowsEndsIt() async throws {
        let script = Script([Self.polls[0]], created: prediction("starting"), final: nil)
        let error = try await script.error(["fallback": "poll"]) { (_) throws(ReplicateError) in
            throw ReplicateError(.internal, "full")
        }
        #expect(error.message == "full")
        #expect(error.prediction?["id"]?.string == "p1")
    }

    @Test func ofAPredictionThatExists() async throws {
        for url in [nil, Script.url] {
            let refusal: [Step] = url == nil ? [] : [.stream(404, ["{}"])]
            let network = ScriptedNetwork(refusal + Self.polls)
            let events = Recorder<StreamEvent>()
            let updates = Recorder<String>()
            _ = try await Client(network).stream(
                ofPrediction: "p1", at: url, Options(["fallback": "poll"]), onUpdate: { updates.add($0.rawText) },
                deliver: { $0.events.forEach(events.add) })
            #expect(events.values.map(\.data).map { String(decoding: $0, as: UTF8.self) } == ["0", "1", "2", "3", "{}"])
            #expect(updates.values.count == 3)
            #expect(await network.stepsLeft == 0)
        }
    }

    @Test(arguments: ["", "no", "POLL", "1"])
    func anotherFallbackIsRefused(_ value: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try Options(["fallback": value]) }
        #expect(error.message == "fallback must be \"poll\", not \"\(value)\"")
    }
}
