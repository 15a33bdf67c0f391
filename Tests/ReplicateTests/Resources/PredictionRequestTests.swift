// Where each prediction operation sends its request, and what stands in it.

import Testing

@testable import Replicate

struct PredictionRequestTests {
    @Test(
        arguments: [
            (.version("v1"), "/predictions", #"{"version":"v1","input":{"prompt":"a fox"}}"#),
            (.version("a\"b"), "/predictions", #"{"version":"a\"b","input":{"prompt":"a fox"}}"#),
            (.model(owner: "acme", name: "fox.1"), "/models/acme/fox.1/predictions", #"{"input":{"prompt":"a fox"}}"#),
            (.model(owner: "a b", name: "c?d"), "/models/a%20b/c%3Fd/predictions", #"{"input":{"prompt":"a fox"}}"#),
            (
                .deployment(owner: "acme", name: "live"), "/deployments/acme/live/predictions",
                #"{"input":{"prompt":"a fox"}}"#
            ),
        ] as [(ModelReference, String, String)])
    func create(_ target: ModelReference, _ path: String, _ body: String) async throws {
        let network = ScriptedNetwork([.json(201, prediction("starting"))])
        let created = try await Client(network).createPrediction(target, promptInput(), Options())
        #expect(created.rawText == prediction("starting"))
        let request = try #require(await network.sent.first?.request)
        #expect(request.method == .post)
        #expect(request.url == "https://api.replicate.com/v1" + path)
        #expect(request.bodyText == body)
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Prefer") == nil)
        #expect(request.header("Cancel-After") == nil)
    }

    /// What was made and paid for can be looked for, though its answer was cut.
    @Test(
        arguments: [
            (
                .fails(.truncated, touched: true, after: .init(status: 201, location: "https://h/p", id: "abc")),
                " (its id is abc)", "abc"
            ),
            (
                .fails(.receive, touched: true, after: .init(status: 201, location: "https://h/p")),
                " (the server said that it is at https://h/p)", nil
            ),
            (.fails(.receive, touched: true, after: .init(status: 500, id: "abc")), "", nil),
            (.json(201, #"{"id":"abc","status":"#), " (its id is abc)", "abc"),
            (.json(201, "", [("location", "/p/abc")]), " (the server said that it is at /p/abc)", nil),
            (.json(201, "<html>"), "", nil),
        ] as [(ScriptedNetwork.Step, String, String?)])
    func aCreateWhoseAnswerIsCutTellsWhereToLook(_ step: ScriptedNetwork.Step, _ words: String, _ id: String?) async throws {
        let client = try Client(ScriptedNetwork([step]))
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.createPrediction(.version("v1"), promptInput(), Options())
        }
        #expect(error.delivery == .maybeSent)
        #expect(words.isEmpty ? !error.message.contains("abc") && !error.message.contains("h/p") : error.message.hasSuffix(words))
        #expect(error.prediction?["id"]?.string == id)
    }

    @Test(
        arguments: [
            ([:], nil, nil, 60, 60), (["wait": "7"], "wait=7", nil, 67, 67), (["wait": nil], nil, nil, 60, 60),
            (["cancel_after": "1h30m"], nil, "1h30m", 60, 60),
            (["wait": "60", "cancel_after": "90"], "wait=60", "90", 120, 120),
            (["wait": "7", "timeout_ms": "5000"], "wait=7", nil, 67, 5),
        ] as [(KeyValuePairs<String, String?>, String?, String?, Int, Int)])
    func headersOfACreate(
        _ options: KeyValuePairs<String, String?>, _ prefer: String?, _ cancelAfter: String?, _ idle: Int, _ total: Int
    ) async throws {
        let network = ScriptedNetwork([.json(201, prediction("starting"))])
        _ = try await Client(network).createPrediction(.version("v"), promptInput(), Options(options))
        let request = try #require(await network.sent.first?.request)
        #expect(request.header("Prefer") == prefer)
        #expect(request.header("Cancel-After") == cancelAfter)
        #expect(request.limits.idle == .seconds(idle))
        #expect(request.limits.total == .seconds(total))
    }

    @Test(
        arguments: [
            .model(owner: "..", name: "b"), .model(owner: "a/b", name: "c"), .deployment(owner: "a", name: ""),
        ] as [ModelReference])
    func aPartThatCannotStandInAPathSendsNothing(_ target: ModelReference) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.createPrediction(target, promptInput(), Options())
        }
        #expect(error.kind == .invalidInput)
        #expect(error.attempts == 0)
        #expect(await network.sent.isEmpty)
    }

    @Test func get() async throws {
        let network = ScriptedNetwork([.json(200, "{\"status\":\"starting\"}")])
        _ = try await Client(network).call(.predictionsGet, ["a b/c".replacing("/", with: "%")], Options())
        let request = try #require(await network.sent.first?.request)
        #expect(request.method == .get)
        #expect(request.url == "https://api.replicate.com/v1/predictions/a%20b%25c")
    }

    @Test(arguments: [Operation.predictionsGet, .trainingsGet])
    func theAnswerOfAnotherIsAnError(_ operation: Operation) async throws {
        let client = try Client(ScriptedNetwork([.json(200, prediction("succeeded"))]))
        let error = try await #require(throws: ReplicateError.self) { _ = try await client.call(operation, ["p2"], Options()) }
        #expect(error.kind == .protocol)
        #expect(error.message.contains("\"p1\""))
    }

    @Test func cancelIsAPostWithoutABodyAndMayBeRepeated() async throws {
        let network = ScriptedNetwork([.json(500, ""), .json(200, prediction("canceled"))])
        let canceled = try await Client(network).call(.predictionsCancel, ["p1"], Options())
        #expect(canceled["status"]?.string == "canceled")
        let sent = await network.sent
        #expect(sent.count == 2)
        for each in sent {
            #expect(each.request.method == .post)
            #expect(each.request.url == "https://api.replicate.com/v1/predictions/p1/cancel")
            #expect(each.request.body == nil)
        }
    }

    @Test(
        arguments: [
            (nil, "https://api.replicate.com/v1/predictions"),
            ("https://api.replicate.com/v1/predictions?cursor=x", "https://api.replicate.com/v1/predictions?cursor=x"),
            ("/v1/predictions?cursor=x", "https://api.replicate.com/v1/predictions?cursor=x"),
        ] as [(String?, String)])
    func list(_ page: String?, _ url: String) async throws {
        let network = ScriptedNetwork([.json(200, "{\"results\":[]}")])
        let client = try Client(network)
        if let page {
            _ = try await client.page(at: page, Options())
        } else {
            _ = try await client.call(.predictionsList, [], Options())
        }
        let request = try #require(await network.sent.first?.request)
        #expect(request.method == .get)
        #expect(request.url == url)
    }

    @Test(arguments: [
        "https://evil.example/v1/predictions", "//evil.example/x", "http://api.replicate.com/v1/predictions",
        "https://api.replicate.com:444/v1/predictions", "https://api.replicate.com@evil.example/",
    ])
    func aPageOnAnotherOriginIsRefusedAndNothingIsSent(_ page: String) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.page(at: page, Options())
        }
        #expect(error.kind == .invalidInput)
        #expect(await network.sent.isEmpty)
    }

    @Test(arguments: ["", "..", "a/b", "a\nb"])
    func anIDThatIsNoneSendsNothing(_ id: String) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        await #expect(throws: ReplicateError.self) { _ = try await client.call(.predictionsGet, [id], Options()) }
        await #expect(throws: ReplicateError.self) { _ = try await client.call(.predictionsCancel, [id], Options()) }
        await #expect(throws: ReplicateError.self) { _ = try await client.wait(id, Options()) }
        #expect(await network.sent.isEmpty)
    }
}
