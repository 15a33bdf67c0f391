// Sending one call: its headers, and what is done about each answer that is not JSON with a 2xx.

import Testing

@testable import Replicate

struct ClientSendTests {
    static let get = Client.Call(method: .get, path: "/predictions/p1")
    static let create = Client.Call(
        method: .post, path: "/predictions", body: Array("{}".utf8), repetition: .createsAnother)
    static let cancel = Client.Call(method: .post, path: "/predictions/p1/cancel", repetition: .sameEndState)

    private func send(_ call: Client.Call, _ client: Client) async throws(ReplicateError) -> Client.Answer {
        let patience = client.configuration.patience
        return try await client.send(call, patience, by: await client.deadline(patience, plus: call.held))
    }

    @Test func headersOfARead() async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        let client = try Client(network, ["user_agent": "mine/1"])
        _ = try await send(Self.get, client)
        let request = try #require(await network.sent.first?.request)
        #expect(request.method == .get)
        #expect(request.url == "https://api.replicate.com/v1/predictions/p1")
        #expect(request.header("Authorization") == "Bearer \(Client.testToken)")
        #expect(request.header("User-Agent") == "mine/1")
        #expect(request.header("Accept") == "application/json")
        #expect(request.header("Content-Type") == nil)
        #expect(request.body == nil)
    }

    @Test func aBodyHasATypeAndFurtherHeadersComeAlong() async throws {
        let network = ScriptedNetwork([.json(201, "{}")])
        var call = Self.create
        call.headers = [("Prefer", "wait=5")]
        _ = try await send(call, Client(network))
        let request = try #require(await network.sent.first?.request)
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Prefer") == "wait=5")
        #expect(request.bodyText == "{}")
    }

    @Test func withoutATokenThereIsNoAuthorization() async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        _ = try await send(Self.get, Client(network, ["auth": nil]))
        let request = try #require(await network.sent.first?.request)
        #expect(!request.headers.contains { $0.name.lowercased() == "authorization" })
    }

    @Test func limitsComeFromThePatienceAndTheTimeTheServerMayHoldBack() async throws {
        let network = ScriptedNetwork([.json(201, "{}")])
        var call = Self.create
        call.held = .seconds(40)
        _ = try await send(call, Client(network, ["connect_timeout_ms": "1500", "idle_timeout_ms": "2500"]))
        let limits = try #require(await network.sent.first?.request.limits)
        #expect(limits.connect == .milliseconds(1500))
        #expect(limits.idle == .milliseconds(42_500))
        #expect(limits.total == .seconds(100))
    }

    @Test func theAnswerIsGivenAsItWasSent() async throws {
        let network = ScriptedNetwork([.json(201, " {\"a\": 1.0}\n", [("x-test", "1")])])
        let answer = try await send(Self.create, Client(network))
        #expect(answer.json.rawText == "{\"a\": 1.0}")
        #expect(answer.status == 201)
        #expect(answer.headers.first?.name == "x-test")
    }

    @Test(arguments: [
        ("", "text/html", "empty"), ("<html>", "text/html", "(text/html) is not JSON"),
        ("{\"cut\":", "application/json", "not JSON"),
        (" ", "application/json", "not JSON"), ("{} {}", "x\t\u{1B}y", "(x y)"),
    ])
    func anAnswerThatIsNotJSONIsAProtocolError(_ body: String, _ type: String, _ text: String) async throws {
        for (call, attempts) in [(Self.get, 3), (Self.create, 1), (Self.cancel, 1)] {
            let network = ScriptedNetwork([], rest: .json(200, body, [("content-type", type)]))
            let client = try Client(network)
            let error = try await #require(throws: ReplicateError.self) { _ = try await send(call, client) }
            #expect(error.kind == .protocol)
            #expect(error.status == 200)
            #expect(error.message.contains(text))
            #expect(error.attempts == attempts)
            #expect(error.delivery == (call.repetition == .createsAnother ? .maybeSent : nil))
            #expect(await network.sent.count == attempts)
        }
    }

    @Test func theTokenIsNotInAnErrorThatEchoesIt() async throws {
        let network = ScriptedNetwork([.json(401, "{\"detail\":\"Bearer \(Client.testToken) is wrong\"}")])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(Self.get, client) }
        #expect(error.message == "Bearer (token) is wrong")
        #expect(error.kind == .auth)
    }

    @Test func theTokenIsNotInAnErrorWhoseTypeEchoesIt() async throws {
        let network = ScriptedNetwork([.json(200, "x", [("content-type", "text/\(Client.testToken)")])])
        let client = try Client(network, ["max_retries": "0"])
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(Self.get, client) }
        #expect(!error.description.contains(Client.testToken))
    }
}
