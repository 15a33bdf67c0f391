// What `stream` sends, and to whom; and how it ends when it is not the server that ends it.

import Testing

@testable import Replicate

struct StreamRequestTests {
    typealias Script = StreamScript

    private static let running = Script.predictionText("processing")
    private static let cancelTask: @Sendable () -> Void = { withUnsafeCurrentTask { $0?.cancel() } }

    @Test func theStreamGetsNeitherTokenNorTheCallersHeaders() async throws {
        let script = Script([Script.words("1:a"), Script.words("done")])
        let client = try Client(script.network, ["header.X-Client": "1", "user_agent": "me/1"])
        let options = try Options([
            "header.X-Call": "2", "header.Accept": "*/*", "idle_timeout_ms": "7000", "connect_timeout_ms": "3000",
        ])
        _ = try await client.stream(.version("v"), promptInput(), options, deliver: { _ in })
        let connections = await script.connections
        for request in connections {
            #expect(request.method == .get)
            #expect(request.body == nil)
            #expect(request.header("Accept") == "text/event-stream")
            #expect(request.limits.idle == .seconds(7))
            #expect(request.limits.connect == .seconds(3))
            #expect(request.limits.total == nil)
            #expect(!request.isDirect)
        }
        let standard = ["User-Agent: me/1", "Accept: text/event-stream", "Accept-Encoding: identity", "Cache-Control: no-store"]
        #expect(connections.map { $0.headers.map { "\($0.name): \($0.value)" } } == [standard, standard + ["Last-Event-ID: 1"]])
        for request in await script.network.sent.map(\.request) where request.url != Script.url {
            #expect(request.header("Authorization") == "Bearer \(Client.testToken)")
            #expect(request.header("X-Call") == "2")
            #expect(request.header("X-Client") == "1")
        }
    }

    @Test(arguments: ["\u{1}", "a\tb", "x\u{7F}"])
    func anIDThatNoHeaderCanHoldIsNotSent(_ id: String) async throws {
        let first = "id: \(id)\ndata: a\n\n"
        let script = Script([Script.raw([first]), Script.raw([first + Script.text("2:b done")])])
        _ = try await script.run()
        #expect(script.delivered == "a b done")
        #expect(await script.connections.allSatisfy { $0.header("Last-Event-ID") == nil })
    }

    @Test(arguments: [prediction("starting"), prediction("starting", ",\"urls\":{\"stream\":null}")])
    func aPredictionWithoutAStreamIsCanceled(_ created: String) async throws {
        let script = Script([], created: created, final: .json(200, prediction("canceled")))
        let error = try await script.error()
        #expect(error.kind == .invalidInput)
        #expect(error.prediction?["id"]?.string == "p1")
        #expect(await script.requests == ["POST predictions", "POST cancel"])
        #expect(await script.network.sent.last?.request.url == Script.predictionURL + "/cancel")
    }

    @Test func aPredictionOfTheCallersIsNotCanceled() async throws {
        let network = ScriptedNetwork([], rest: .json(200, prediction("starting")))
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await Client(network).stream(ofPrediction: "p1", at: nil, Options(), deliver: { _ in })
        }
        #expect(error.kind == .invalidInput)
        #expect(await network.sent.allSatisfy { $0.request.method == .get })
    }

    @Test(arguments: [
        "http://stream.example.com/s1", "ftp://stream.example.com/s1", "file:///etc/passwd", "/s1", "", "https://a b/",
        "http://127.0.0.1/s1",
    ])
    func anAddressThatIsNotHTTPSIsRefused(_ url: String) async throws {
        let script = Script([], created: Script.predictionText("starting", stream: url))
        #expect(try await script.error().kind == .protocol)
        #expect(await script.requests == ["POST predictions", "POST cancel"])
    }

    @Test func anHTTPAddressIsTakenWhereTheAPIHasOne() async throws {
        let url = "http://127.0.0.1:8080/s1"
        let network = ScriptedNetwork([Script.words("done"), .json(200, prediction("succeeded"))])
        _ = try await Client(network, ["base_url": "http://127.0.0.1:8080/v1"])
            .stream(ofPrediction: "p1", at: url, Options(), deliver: { _ in })
        #expect(await network.sent.first?.request.isDirect == true)
    }

    @Test func nothingIsSentAfterTheDeadline() async throws {
        let hanging = Script([Script.words("1:a"), Script.words("done").taking(.seconds(30))], final: nil)
        let waiting = Script([Script.raw(["retry: 6000\n\n" + Script.text("1:a")])], final: nil)
        for script in [hanging, waiting] {
            let error = try await script.error(["timeout_ms": "5000"])
            #expect(error.kind == .timeout)
            #expect(error.prediction?.rawText == Script.created)
            #expect(script.delivered == "a")
            #expect(await script.network.sent.allSatisfy { $0.at < .seconds(5) })
            #expect(await script.network.elapsed <= .seconds(5))
        }
        #expect(await hanging.connections.map(\.limits.total) == [.seconds(5), .seconds(5)])
    }

    /// curl's clock may tell of the end a moment before ours does.
    @Test func theTransfersOwnDeadlineIsTheDeadline() async throws {
        let script = Script([Script.words("1:a", breaks: Script.failure(.timeout(.total)))], final: nil)
        #expect(try await script.error(["timeout_ms": "5000"]).kind == .timeout)
    }

    @Test func deliveringOverTheDeadlineEndsIt() async throws {
        let script = Script([Script.words("1:a")], final: nil)
        let error = try await script.error(["timeout_ms": "5000"]) { [network = script.network] _ in
            try? await network.sleep(until: await network.now() + .seconds(9))
        }
        #expect(error.kind == .timeout)
    }

    @Test func canceledWhileConnectingOrReading() async throws {
        for last in [.canceled, Script.words("2:b", breaks: .canceled)] as [ScriptedNetwork.Step] {
            let script = Script([Script.words("1:a"), last], final: nil)
            let error = try await script.error()
            #expect(error.kind == .canceled)
            #expect(error.prediction?.rawText == Script.created)
        }
    }

    @Test func canceledWhileSleeping() async throws {
        let script = Script([Script.raw(["retry: 900\n\n"])], final: nil, cancelingSleep: 1)
        let error = try await script.error()
        #expect(error.kind == .canceled)
        #expect(error.prediction?.rawText == Script.created)
    }

    @Test func canceledWhileDelivering() async throws {
        let script = Script([Script.raw(["data: a\n\n", "data: b\n\n"])], final: nil)
        let error = try await script.error { [events = script.events] batch in
            batch.events.forEach(events.add)
            Self.cancelTask()
        }
        #expect(error.kind == .canceled)
        #expect(error.prediction?.rawText == Script.created)
        #expect(script.delivered == "a")
    }

    @Test func aDeliverThatThrowsEndsIt() async throws {
        let script = Script([Script.raw(["data: a\n\n", "data: b\n\n"])], final: .json(200, Self.running))
        let count = Recorder<Int>()
        let error = try await script.error { (batch) throws(ReplicateError) in
            count.add(batch.count)
            throw ReplicateError(.internal, "full")
        }
        #expect(error.kind == .internal)
        #expect(error.message == "full")
        #expect(error.prediction?.rawText == Self.running)
        #expect(count.values == [1])
    }
}
