// What the real network says when there is no answer: why, how far the exchange had come, and whether the request may
// have arrived. The library's promise about creates stands on the last one.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct CurlFailureTests {
    private func post(_ server: LoopbackServer, _ body: String = "{\"input\":{}}") -> HTTPRequest {
        HTTPRequest(method: .post, url: server.base + "/predictions", body: Array(body.utf8))
    }

    @Test func aRefusedConnectionTouchedNothing() async throws {
        let network = try CurlNetwork(connectionsPerHost: 1)
        defer { network.thread.stop() }
        let url = "http://127.0.0.1:\(try LoopbackServer.closedPort())/"
        let failure = try #require(await network.failure(of: HTTPRequest(method: .post, url: url, body: [1, 2, 3])))
        #expect(failure.reason == .connect)
        #expect(failure.phase == .connecting)
        #expect(!failure.requestTouched)
    }

    @Test func aServerWithoutTLSTouchedNothing() async throws {
        try await withLoopback({ _ in [] }) { server, network in
            // The greeting is no HTTP, so the server would wait for more; this one ends it.
            let url = "https://127.0.0.1:\(server.port)/"
            var request = HTTPRequest(method: .post, url: url, body: [1])
            request.limits.total = .milliseconds(300)
            let failure = try #require(await network.failure(of: request))
            #expect([.tls, .timeout(.total), .timeout(.connect)].contains(failure.reason))
            #expect(failure.phase == .securing)
            #expect(!failure.requestTouched)
            #expect(server.requests.values.isEmpty)
        }
    }

    @Test func aServerThatNeverAnswersEndsInTheTotalTimeout() async throws {
        try await withLoopback({ _ in [] }) { server, network in
            for method in [HTTPRequest.Method.get, .post] {
                var request = HTTPRequest(method: method, url: server.base, body: method == .post ? [1] : nil)
                request.limits.total = .milliseconds(200)
                let start = ContinuousClock.now
                let failure = try #require(await network.failure(of: request))
                #expect(failure.reason == .timeout(.total))
                #expect(failure.phase == .waiting)
                #expect(failure.requestTouched)
                #expect(ContinuousClock.now - start >= .milliseconds(195))
            }
        }
    }

    @Test func aServerThatStopsInTheMiddleEndsInTheIdleTimeout() async throws {
        let half = Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)
        try await withLoopback({ [.send(half, to: $0.connection)] }) { server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.idle = .seconds(1)
            let failure = try #require(await network.failure(of: request))
            #expect(failure.reason == .timeout(.idle))
            #expect(failure.phase == .receiving)
            #expect(failure.requestTouched)
        }
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .truncated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", .truncated),
            ("", .receive), ("HTTP/1.1 2", .receive), ("HTTP/1.1 204 OK\r\nX: ", .receive), ("HTTP/1.1 200 OK\r\n", .receive),
            ("SSH-2.0-OpenSSH\r\n", .malformed), ("\r\n\r\n", .malformed),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .malformed),
        ] as [(String, TransportFailure.Reason)])
    func aCutOrWrongAnswerIsNoAnswer(_ answer: String, _ reason: TransportFailure.Reason) async throws {
        try await withLoopback({ [.send(Array(answer.utf8), to: $0.connection), .close($0.connection)] }) {
            server, network in
            let failure = try #require(await network.failure(of: post(server)))
            #expect(failure.reason == reason)
            #expect(failure.requestTouched)
            #expect(server.requests.values.count == 1)
        }
    }

    @Test func aHeaderLineWithoutEndIsAnError() async throws {
        let endless = Array("HTTP/1.1 200 OK\r\nX-Long: ".utf8) + [UInt8](repeating: 0x78, count: 400_000)
        try await withLoopback({ [.send(endless, to: $0.connection), .close($0.connection)] }) { server, network in
            let failure = try #require(await network.failure(of: post(server)))
            #expect(failure.reason == .tooLarge("a header line of more than 100 kB"))
            #expect(failure.requestTouched)
        }
    }

    @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "nonsense://x", "http://", "http://a b/"])
    func onlyHTTPIsSpoken(_ url: String) async throws {
        let network = try CurlNetwork(connectionsPerHost: 1)
        defer { network.thread.stop() }
        let failure = try #require(await network.failure(of: HTTPRequest(method: .get, url: url)))
        #expect(!failure.requestTouched)
    }

    /// Answers the first request of each connection and closes it without a word on the second.
    private static let closesOnReuse: @Sendable () -> LoopbackServer.Script = {
        let seen = Recorder<Int>()
        return { request in
            defer { seen.add(request.connection) }
            return seen.values.contains(request.connection)
                ? [.close(request.connection)] : [.send(LoopbackServer.answer("{}"), to: request.connection)]
        }
    }

    @Test(arguments: [10, 100_000, 2_000_000])
    func aCreateOnAKeptConnectionThatDiesIsSentOnce(_ size: Int) async throws {
        try await withLoopback(Self.closesOnReuse()) { server, network in
            _ = try await network.send(HTTPRequest(method: .get, url: server.base + "/first"))
            let failure = try #require(await network.failure(of: post(server, String(repeating: "x", count: size))))
            #expect(failure.requestTouched)
            #expect([.send, .receive].contains(failure.reason))
            let posts = server.requests.values.filter { $0.method == "POST" }
            #expect(posts.map(\.connection) == [1], "one whole body, on the kept connection")
            #expect(posts.first?.body.count == size)
        }
    }

    @Test func aCreateThatDiedSoIsMaybeSent() async throws {
        try await withLoopback(Self.closesOnReuse()) { server, network in
            let client = try Client(network, ["base_url": server.base + "/v1", "max_retries": "5"])
            _ = try await client.call(.predictionsGet, ["p1"], Options())
            let error = try await #require(throws: ReplicateError.self) {
                _ = try await client.createPrediction(.version("v"), promptInput(), Options())
            }
            #expect(error.kind == .network)
            #expect(error.delivery == .maybeSent)
            #expect(server.requests.values.map(\.path) == ["/v1/predictions/p1", "/v1/predictions"])
        }
    }

    @Test func aReadOnAKeptConnectionThatDiesIsAnsweredAllTheSame() async throws {
        try await withLoopback(Self.closesOnReuse()) { server, network in
            for _ in 0..<3 {
                let response = try await network.send(HTTPRequest(method: .get, url: server.base + "/"))
                #expect(response.status == 200)
            }
            #expect(Set(server.requests.values.map(\.connection)).count > 1)
        }
    }
}
