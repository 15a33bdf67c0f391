// `stream`: events from one connection and from many, each once, up to `done`, and the prediction after it.

import Testing

@testable import Replicate

struct StreamTests {
    typealias Script = StreamScript

    @Test(arguments: [1, 2, 3, 7, 10_000])
    func chunksDoNotMatter(_ size: Int) async throws {
        let text = "\u{FEFF}: hello\r\nid: 1:0\r\ndata: Füch\r\n\r\nevent: output\ndata: se 🦊\ndata:\n\nevent: done\ndata: {}\n\n"
        var step = Script.raw([])
        let bytes = Array(text.utf8)
        step.chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        let script = Script([step])
        _ = try await script.run()
        #expect(
            script.events.values == [
                StreamEvent("Füch", id: "1:0"), StreamEvent("se 🦊\n", event: "output", id: "1:0"),
                StreamEvent("{}", event: "done", id: "1:0"),
            ])
    }

    @Test func doneIsTheEnd() async throws {
        let script = Script([Script.raw([Script.text("1:a done 2:b") + "event: error\ndata: x\n\n", Script.text("3:c")])])
        _ = try await script.run()
        #expect(script.delivered == "a done")
        #expect(await script.requests == ["POST predictions", "GET s1", "GET p1"])
    }

    /// What breaks after it is not looked at, and the service sends it without data too.
    @Test(arguments: ["event: done\n\n", "event: done\ndata: {\"reason\":\"canceled\"}\n\n"])
    func doneIsTheEndOfABrokenConnectionToo(_ done: String) async throws {
        let script = Script([Script.raw([done], breaks: Script.failure(.receive))])
        #expect(try await script.run()["status"]?.string == "succeeded")
        #expect(script.delivered == "done")
    }

    @Test func theResultIsThePredictionAfterTheEnd() async throws {
        let final = Script.predictionText("succeeded", ",\"output\":[\"a\",\"b\"]")
        let script = Script([Script.words("a b done")], final: .json(200, final))
        #expect(try await script.run().rawText == final)
        #expect(await script.network.sent.last?.request.url == Script.predictionURL)
    }

    @Test func thePredictionMayBeOverAMomentLater() async throws {
        let script = Script(
            [Script.words("a done")], final: .json(200, Script.predictionText("processing")),
            more: [.json(200, Script.predictionText("succeeded"))])
        #expect(try await script.run()["status"]?.string == "succeeded")
        #expect(await script.requests.suffix(2) == ["GET p1", "GET p1"])
    }

    @Test func afterItTheDeadlineIsStillTheCallers() async throws {
        let running = ScriptedNetwork.Step.json(200, Script.predictionText("processing"))
        let script = Script([Script.words("a done").taking(.seconds(4))], final: running, more: [running])
        let error = try await script.error(["timeout_ms": "10000", "poll_interval_ms": "4000"])
        #expect(error.kind == .timeout)
        #expect(error.message == "the total timeout of 10000 ms passed before the prediction ended")
        #expect(await script.network.elapsed == .seconds(10))
    }

    @Test func afterItThePredictionMayBeUnknownForAWhile() async throws {
        let script = Script(
            [Script.words("a done")], final: .json(404, "{}"),
            more: [.json(404, "{}"), .json(200, Script.predictionText("succeeded"))])
        #expect(try await script.run()["status"]?.string == "succeeded")
        #expect(await script.requests.suffix(3) == ["GET p1", "GET p1", "GET p1"])
    }

    @Test(arguments: [.json(403, "{}"), .json(200, "[")] as [ScriptedNetwork.Step])
    func withoutThatItIsAnErrorWithThePredictionAsItWas(_ final: ScriptedNetwork.Step) async throws {
        let script = Script([Script.words("a done")], final: final)
        #expect(try await script.error(["max_retries": "0"]).prediction?.rawText == Script.created)
        #expect(script.delivered == "a done")
    }

    @Test func anObserverSeesTheCreatedPrediction() async throws {
        let script = Script([Script.words("done")])
        let updates = Recorder<String>()
        _ = try await Client(script.network).stream(
            .version("v"), promptInput(), Options(), onUpdate: { updates.add($0.rawText) }, deliver: { _ in })
        #expect(updates.values == [Script.created])
    }

    static let breaks: [TransportFailure?] =
        [nil] + [.receive, .timeout(.idle), .malformed, .tls].map(Script.failure)

    @Test(arguments: breaks)
    func aConnectionThatEndsIsResumed(_ breaks: TransportFailure?) async throws {
        let script = Script([
            Script.words("1:a 2:b", breaks: breaks), Script.words("3:c", breaks: breaks), Script.words("4:d done"),
        ])
        _ = try await script.run()
        #expect(script.delivered == "a b c d done")
        #expect(await script.connections.map { $0.header("Last-Event-ID") } == [nil, "2", "3"])
        #expect(await script.network.sleeps.allSatisfy { $0 == .zero })
    }

    @Test func anEventThatWasCutOffIsReadWholeLater() async throws {
        let script = Script([
            Script.raw(["id: 1\ndata: a\n\nid: 2\nda", "ta: b\n"], breaks: Script.failure(.receive)), Script.words("2:b done"),
        ])
        _ = try await script.run()
        #expect(script.delivered == "a b done")
        #expect(await script.connections.last?.header("Last-Event-ID") == "1")
    }

    /// What each connection sends, and the Last-Event-ID that each was asked with.
    static let replays: [(connections: [String], asked: [String?])] = [
        (["1:a 2:b", "1:a 2:b 3:c done"], [nil, "2"]), (["1:a 2:b", "1:a", "1:a 2:b 3:c done"], [nil, "2", "2"]),
        (["1:a 2:b", "2:b 3:c done"], [nil, "2"]), (["a b", "a b c done"], [nil, nil]),
        (["a b", "a", "a b c", "a b c done"], [nil, nil, nil, nil]), (["", "1:a 2:b 3:c", "done"], [nil, nil, "3"]),
    ]

    @Test(arguments: replays.indices)
    func aReplayIsNotDeliveredTwice(_ row: Int) async throws {
        let (connections, asked) = Self.replays[row]
        for breaks in [nil, Script.failure(.receive)] {
            let script = Script(connections.map { Script.words($0, breaks: breaks) })
            _ = try await script.run()
            #expect(script.delivered == "a b c done")
            #expect(await script.connections.map { $0.header("Last-Event-ID") } == asked)
        }
    }

    @Test func connectionsThatCannotBeOpenedAreTriedAgain() async throws {
        let script = Script([
            .fails(.connect, touched: false), .fails(.timeout(.connect), touched: false), Script.words("1:a"),
            .fails(.receive, touched: true), .stream(503, ["{}"]), Script.words("2:b done"),
        ])
        _ = try await script.run()
        #expect(script.delivered == "a b done")
        #expect(await script.connections.map { $0.header("Last-Event-ID") } == [nil, nil, nil, "1", "1", "1"])
    }

    @Test func theServersRetryIsWaitedFor() async throws {
        let script = Script([
            Script.raw(["retry: 1500\n\n" + Script.text("1:a")]), Script.words(""), Script.raw(["retry: 20\n\n"]),
            Script.words("2:b done"),
        ])
        _ = try await script.run()
        #expect(await script.network.sleeps == [.milliseconds(1500), .milliseconds(1500), .milliseconds(20)])
    }

    @Test func aStreamThatAlwaysBringsSomethingIsResumedWithoutEnd() async throws {
        let script = Script((1...40).map { Script.words("\($0):x") } + [Script.words("done")])
        _ = try await script.run()
        #expect(script.events.values.count == 41)
    }

    @Test func ofAPredictionThatExists() async throws {
        let final = Script.predictionText("succeeded")
        for isKnown in [true, false] {
            let first: [ScriptedNetwork.Step] = isKnown ? [] : [.json(200, Script.created)]
            let network = ScriptedNetwork(first + [Script.words("a done"), .json(200, final)])
            let updates = Recorder<String>()
            let events = Recorder<StreamEvent>()
            let result = try await Client(network).stream(
                ofPrediction: "p1", at: isKnown ? Script.url : nil, Options(), onUpdate: { updates.add($0.rawText) },
                deliver: { $0.events.forEach(events.add) })
            #expect(result.rawText == final)
            #expect(events.values == [StreamEvent("a"), StreamEvent("{}", event: "done")])
            #expect(updates.values == (isKnown ? [] : [Script.created]))
            #expect(await network.sent.map(\.request.url).dropFirst(isKnown ? 0 : 1) == [Script.url, Script.predictionURL])
            #expect(await network.openStreams == 0)
        }
    }
}
