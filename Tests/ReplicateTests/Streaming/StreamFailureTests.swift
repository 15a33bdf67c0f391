// Streams that end without `done`, or with an error: what kind it is, and the prediction that goes with it.

import Testing

@testable import Replicate

struct StreamFailureTests {
    typealias Script = StreamScript

    private static let failed = Script.predictionText("failed", ",\"error\":\"Out of memory (E1001)\"")
    private static let running = Script.predictionText("processing")

    @Test(arguments: StreamTests.breaks)
    func truncatedAfterFiveFruitlessReconnects(_ breaks: TransportFailure?) async throws {
        let empty = [ScriptedNetwork.Step](repeating: Script.words("", breaks: breaks), count: 5)
        let script = Script([Script.words("1:a", breaks: breaks)] + empty, final: .json(200, Self.running))
        let error = try await script.error()
        #expect(error.kind == (breaks?.reason == .malformed ? .protocol : .truncated))
        #expect(error.attempts == 6)
        #expect(error.prediction?.rawText == Self.running)
        #expect(script.delivered == "a")
    }

    @Test func whatIsReplayedIsNoFruit() async throws {
        let script = Script([ScriptedNetwork.Step](repeating: Script.words("1:a 2:b"), count: 6))
        #expect(try await script.error().attempts == 6)
        #expect(script.delivered == "a b")
    }

    @Test(arguments: [400, 401, 403, 410, 422])
    func aRefusalIsTheEndAtOnce(_ status: Int) async throws {
        let script = Script([.stream(status, ["{\"detail\":", "\"no\"}"])], final: .json(200, Self.running))
        let error = try await script.error()
        #expect(error.kind == .truncated)
        #expect(error.status == status)
        #expect(error.message == "no")
        #expect(error.attempts == 1)
        #expect(error.prediction?.rawText == Self.running)
        #expect(await script.network.sleeps.isEmpty)
    }

    @Test(arguments: [204, 302])
    func anAnswerThatIsNoneIsAProtocolError(_ status: Int) async throws {
        let error = try await Script([.stream(status, [])]).error()
        #expect(error.kind == .protocol)
        #expect(error.status == status)
    }

    @Test(arguments: ["text/html", "application/json", nil])
    func anotherTypeIsAProtocolError(_ type: String?) async throws {
        let script = Script([.stream(200, ["<html>data: a\n\n"], type.map { [("content-type", $0)] } ?? [])])
        let error = try await script.error()
        #expect(error.kind == .protocol)
        #expect(error.message == "stream.example.com answered with \(type ?? "no type") where a stream of events is due")
        #expect(error.attempts == 1)
        #expect(script.events.values.isEmpty)
    }

    @Test func serverErrorsAreTriedAgain() async throws {
        let script = Script([ScriptedNetwork.Step](repeating: .stream(500, ["oops"]), count: 6))
        let error = try await script.error()
        #expect(error.kind == .truncated)
        #expect(error.status == 500)
        #expect(error.attempts == 6)
    }

    @Test func retryAfterIsWaitedFor() async throws {
        let script = Script([.stream(429, ["{}"], [("retry-after", "2")]), Script.words("a done")])
        _ = try await script.run()
        #expect(await script.network.sleeps == [.milliseconds(2125)])
        let late = try await Script([.stream(429, ["{}"], [("retry-after", "3600")])]).error()
        #expect(late.kind == .truncated)
        #expect(late.retryAfter == 3600)
    }

    @Test(arguments: [("1000", "2"), ("0", "1"), ("61000", "62")])
    func noLongerThanTheOptionSays(_ most: String, _ asked: String) async throws {
        let script = Script([.stream(429, ["{}"], [("retry-after", asked)])])
        let error = try await script.error(["max_retry_wait_ms": most])
        #expect(error.kind == .truncated)
        #expect(error.retryAfter == Double(asked))
        #expect(await script.network.sleeps.isEmpty)
    }

    @Test func asLongAsTheOptionSays() async throws {
        let script = Script([.stream(429, ["{}"], [("retry-after", "120")]), Script.words("a done")])
        _ = try await script.run(["max_retry_wait_ms": "120000"])
        #expect(await script.network.sleeps == [.milliseconds(120_125)])
    }

    @Test(
        arguments: [
            ("{\"detail\":\"NSFW content\"}", .contentFiltered, "NSFW content", nil),
            ("plain text", .modelFailed, "plain text", nil),
            ("{\"detail\":\"busy (E003)\"}", .capacity, "busy (E003)", "E003"), ("E1001", .modelFailed, "E1001", "E1001"),
            ("{\"detail\":7}", .modelFailed, "{\"detail\":7}", nil), ("", .modelFailed, "the stream ended with an error", nil),
        ] as [(String, ReplicateError.Kind, String, String?)])
    func anErrorEventIsTheError(_ data: String, _ kind: ReplicateError.Kind, _ message: String, _ code: String?) async throws {
        for end in ["", "event: done\ndata: {\"reason\":\"error\"}\n\n"] {
            for breaks in [nil, Script.failure(.receive)] {
                let text = "data: a\n\nevent: error\ndata: \(data)\n\n" + end
                let script = Script([Script.raw([text], breaks: breaks)], final: .json(200, Self.failed))
                let error = try await script.error()
                #expect(error.kind == kind)
                #expect(error.message == message)
                #expect(error.code == code)
                #expect(error.retryable == (kind == .capacity))
                #expect(error.prediction?.rawText == Self.failed)
                #expect(script.events.values == [StreamEvent("a"), StreamEvent(data, event: "error")])
            }
        }
    }

    @Test func withoutAnErrorEventThePredictionSaysWhatFailed() async throws {
        let script = Script(
            [Script.raw(["event: done\ndata: {\"reason\":\"error\"}\n\n"])], final: .json(200, Self.failed))
        let error = try await script.error()
        #expect(error.kind == .modelFailed)
        #expect(error.code == "E1001")
        #expect(error.prediction?.rawText == Self.failed)
    }

    @Test(arguments: ["canceled", "aborted"])
    func aCanceledPredictionIsAResult(_ status: String) async throws {
        let script = Script(
            [Script.raw(["event: done\ndata: {\"reason\":\"canceled\"}\n\n"])], final: .json(200, Script.predictionText(status)))
        #expect(try await script.run()["status"]?.string == status)
    }

    @Test(arguments: [
        "id: " + String(repeating: "1", count: EventBlock.longestID + 1) + "\n",
        "data: " + String(repeating: "x", count: EventParser.largestEvent) + "\n\n",
    ])
    func whatIsTooLargeIsAProtocolError(_ event: String) async throws {
        let script = Script([Script.raw([Script.text("1:a"), event])], final: .json(200, Self.running))
        let error = try await script.error()
        #expect(error.kind == .protocol)
        #expect(error.prediction?.rawText == Self.running)
        #expect(script.delivered == "a")
    }

    @Test func aFailedCreateHasNoStream() async throws {
        let network = ScriptedNetwork([.json(422, "{\"detail\":\"bad\"}")])
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await Client(network).stream(.version("v"), promptInput(), Options(), deliver: { _ in })
        }
        #expect(error.delivery == .rejected)
        #expect(await network.sent.count == 1)
    }
}
