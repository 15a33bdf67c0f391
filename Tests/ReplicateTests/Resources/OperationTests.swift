// The table of operations and the generic request: where they go, what goes along, what comes back, what is refused.

import Testing

@testable import Replicate

struct OperationTests {
    private static let base = "https://api.replicate.com/v1"

    @Test(
        arguments: [
            (.accountGet, [], .get, "/account"), (.collectionsGet, ["a b"], .get, "/collections/a%20b"),
            (.deploymentsUpdate, ["o", "é"], .patch, "/deployments/o/%C3%A9"),
            (.deploymentsDelete, ["o", "n?"], .delete, "/deployments/o/n%3F"),
            (.modelsVersionsGet, ["o", "n", "%2F"], .get, "/models/o/n/versions/%252F"),
            (.modelsSearch, [], .query, "/models"), (.search, ["a&b=c d"], .get, "/search?query=a%26b%3Dc%20d"),
            (.trainingsCreate, ["o", "n", "v"], .post, "/models/o/n/versions/v/trainings"),
            (.trainingsCancel, ["t"], .post, "/trainings/t/cancel"), (.filesDelete, ["f"], .delete, "/files/f"),
        ] as [(Operation, [String], HTTPRequest.Method, String)])
    func aRequest(_ operation: Operation, _ arguments: [String], _ method: HTTPRequest.Method, _ path: String) async throws {
        let network = ScriptedNetwork([.json(200, #"{"kept": 1.0, "unknown":[]}"#)])
        let json = try await Client(network).call(operation, arguments, Options())
        #expect(json.rawText == #"{"kept": 1.0, "unknown":[]}"#)
        let request = try #require(await network.sent.first?.request)
        #expect(request.method == method)
        #expect(request.url == Self.base + path)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\\b", "a\nb", "a\rb", "a\0b"])
    func anArgumentThatIsNoSegmentIsRefusedByName(_ value: String) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.call(.modelsVersionsGet, ["o", value, "v"], Options())
        }
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasPrefix("name "))
        #expect(await network.sent.isEmpty)
    }

    @Test func parametersAreThoseOfTheRow() async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        let client = try Client(network)
        _ = try await client.call(.modelsList, [], Options(["param.sort_by": "a b", "param.sort_direction": "asc"]))
        #expect(await network.sent.first?.request.url == Self.base + "/models?sort_by=a%20b&sort_direction=asc")
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.call(.modelsList, [], Options(["param.sort": "x"]))
        }
        #expect(error.message.contains("sort_by, sort_direction"))
        #expect(await network.sent.count == 1)
    }

    @Test func anEmptySearchAndParametersOnAPageAreRefused() async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        await #expect(throws: ReplicateError.self) { _ = try await client.call(.search, [""], Options()) }
        await #expect(throws: ReplicateError.self) {
            _ = try await client.page(at: "/v1/models?cursor=x", Options(["param.sort_by": "x"]))
        }
        #expect(await network.sent.isEmpty)
    }

    @Test func textGoesAndComes() async throws {
        let network = ScriptedNetwork([.json(200, "{}"), .json(200, "# Title\n\"x\"")])
        let client = try Client(network)
        _ = try await client.call(.modelsSearch, [], body: Array("a fox".utf8), Options())
        let readme = try await client.call(.modelsReadmeGet, ["o", "n"], Options())
        #expect(readme.string == "# Title\n\"x\"")
        let sent = await network.sent.map(\.request)
        #expect(sent.first?.header("Content-Type") == "text/plain")
        #expect(sent.first?.bodyText == "a fox")
        #expect(sent.last?.header("Accept") == "text/plain")
    }

    @Test(arguments: [200, 202, 204])
    func nothingIsTrueWhereNothingIsDue(_ status: Int) async throws {
        let network = ScriptedNetwork([.json(status, "")])
        #expect(try await Client(network).call(.modelsVersionsDelete, ["o", "n", "v"], Options()).rawText == "true")
    }

    @Test(
        arguments: [
            (.modelsGet, ["o", "n"], 3), (.filesDelete, ["f"], 3), (.trainingsCancel, ["t"], 3), (.modelsSearch, [], 3),
            (.modelsCreate, [], 1), (.deploymentsUpdate, ["o", "n"], 1), (.trainingsCreate, ["o", "n", "v"], 1),
        ] as [(Operation, [String], Int)])
    func whatMakesSomethingIsSentOnce(_ operation: Operation, _ arguments: [String], _ attempts: Int) async throws {
        let network = ScriptedNetwork([], rest: .json(500, "{}"))
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await client.call(operation, arguments, Options())
        }
        #expect(error.attempts == attempts)
        #expect(error.delivery == (attempts == 1 ? .maybeSent : nil))
    }

    @Test func headersOfTheCallWinOverTheClients() async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        let client = try Client(network, ["header.X-A": "1", "header.x-b": "1", "header.user-agent": "mine"])
        _ = try await client.call(.accountGet, [], Options(["header.X-B": "2"]))
        let headers = try #require(await network.sent.first?.request.headers)
        #expect(headers.filter { $0.name.lowercased() == "x-b" }.map(\.value) == ["2"])
        #expect(headers.filter { $0.name.lowercased() == "user-agent" }.map(\.value) == ["mine"])
        #expect(headers.contains { $0 == ("X-A", "1") })
    }

    @Test(
        arguments: [
            ("Authorization", "x"), ("host", "x"), ("Content-Length", "1"), ("X A", "x"), ("", "x"), ("X:", "x"),
            ("X-A", "a\r\nB: c"), ("X-A", ""), ("X-A", "a\0"), ("é", "x"),
        ])
    func aHeaderThatCannotBeIsRefused(_ name: String, _ value: String) {
        #expect(throws: ReplicateError.self) { try Options(["header.\(name)": value]) }
    }
}

struct GenericRequestTests {
    @Test(arguments: [
        "", "a", "https://x/", "//x", "/a//b", "/a/", "/a/../b", "/a/%2e%2E/b", "/.", "/a b", "/a#b", "/a\\b", "/é",
    ])
    func aPathThatIsNoneOfTheAPIsIsRefused(_ path: String) {
        #expect(throws: ReplicateError.self) { try GenericRequest(method: "GET", path: path, body: nil, Options()) }
    }

    @Test func methodsAndBodiesAreChecked() throws {
        for method in ["GET", "post", "Patch", "DELETE", "PUT", "QUERY"] {
            _ = try GenericRequest(method: method, path: "/a", body: nil, Options())
        }
        #expect(throws: ReplicateError.self) { try GenericRequest(method: "STEAL", path: "/a", body: nil, Options()) }
        #expect(throws: ReplicateError.self) {
            try GenericRequest(method: "POST", path: "/a", body: Array("{".utf8), Options())
        }
        _ = try GenericRequest(
            method: "POST", path: "/a", body: Array("{".utf8), Options(["header.content-type": "text/plain"]))
    }

    @Test(arguments: [("{\"a\":1}", "{\"a\":1}"), ("plain", "\"plain\""), ("", "true")])
    func theAnswerIsJSONOrTextOrTrue(_ body: String, _ expected: String) async throws {
        let network = ScriptedNetwork([.json(202, body, [("x-a", "1"), ("x-b", "2"), ("x-a", "3")])])
        let options = try Options(["param.q": "a b"])
        let request = try GenericRequest(method: "GET", path: "/a?x=1", body: nil, options)
        let reply = try await Client(network).send(request, options)
        #expect(reply.json.rawText == expected)
        #expect(reply.status == 202)
        #expect(reply.headers?["x-a"]?.string == "1, 3")
        #expect(await network.sent.first?.request.url == "https://api.replicate.com/v1/a?x=1&q=a%20b")
    }
}
