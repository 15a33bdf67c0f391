// Answers that are read while they come: where they begin, that each byte comes once and in its place, and where they end.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct StreamReadTests {
    @Test func anAnswerIsOpenedAtItsHead() async throws {
        // The body comes only when somebody asks for /more, who asks only when the head is there.
        let script: LoopbackServer.Script = { request in
            request.path == "/more"
                ? [.send(Array("abcdef".utf8), to: 1), .send(LoopbackServer.answer("ok"), to: request.connection)]
                : [.send(LoopbackServer.head(length: 6), to: request.connection)]
        }
        try await withLoopback(script) { server, network in
            let stream = try await network.open(HTTPRequest(method: .get, url: server.base + "/"))
            #expect(stream.response.status == 200 && stream.response.header("content-length") == "6")
            #expect(stream.response.body.isEmpty)
            _ = try await network.send(HTTPRequest(method: .get, url: server.base + "/more"))
            #expect(try await network.readAll(stream) == Array("abcdef".utf8))
            #expect(try await network.read(stream) == nil, "the end stays the end")
            await network.close(stream)
            #expect(await network.openStreams == 0)
        }
    }

    @Test(arguments: [1, 7, 4096, 1_000_000])
    func theBytesComeInTheirOrder(_ piece: Int) async throws {
        var generator = SeededGenerator(seed: 1)
        let body = generator.bytes(min(piece * 2000, 1_500_000))
        let script: LoopbackServer.Script = { request in
            let pieces = stride(from: 0, to: body.count, by: piece).map { Array(body[$0..<min($0 + piece, body.count)]) }
            return [.send(LoopbackServer.head(length: body.count), to: request.connection)]
                + pieces.map { .send($0, to: request.connection) }
        }
        try await withLoopback(script) { server, network in
            let bytes = try await network.fetched(server.base).1
            #expect(bytes == body)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""), ("HTTP/1.1 304 Not Modified\r\n\r\n", 304, ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nX-Last: 1\r\n\r\n", 200, "abcd"),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            200, "ok"
        ),
        ("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", 404, "no"),
        ("HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 1\r\n\r\n.", 302, "."),
    ])
    func answersOfEachKind(_ answer: String, _ status: Int, _ body: String) async throws {
        try await withLoopback({ [.send(Array(answer.utf8), to: $0.connection)] }) { server, network in
            let (response, bytes) = try await network.fetched(server.base + "/")
            #expect(response.status == status && response.header("x-a") == nil)
            #expect(String(decoding: bytes, as: UTF8.self) == body)
            _ = try await network.fetched(server.base + "/again")
            #expect(server.requests.values.map(\.connection) == [1, 1], "read to the end, its connection is kept")
        }
    }

    @Test func withoutALengthTheConnectionsEndIsTheEnd() async throws {
        let answer = Array("HTTP/1.0 200 OK\r\n\r\nabc".utf8)
        try await withLoopback({ [.send(answer, to: $0.connection), .close($0.connection)] }) { server, network in
            let bytes = try await network.fetched(server.base).1
            #expect(bytes == Array("abc".utf8))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
    ])
    func aBodyThatIsCutFailsBehindItsBytes(_ answer: String) async throws {
        try await withLoopback({ [.send(Array(answer.utf8), to: $0.connection), .close($0.connection)] }) { server, network in
            let stream = try await network.open(HTTPRequest(method: .get, url: server.base))
            #expect(try await network.read(stream) == Array("abc".utf8))
            let cut = try #require(await failure { try await network.read(stream) })
            #expect([.receive, .truncated, .malformed].contains(cut.reason) && cut.phase == .receiving && cut.requestTouched)
            #expect(await failure { try await network.read(stream) } == cut)
            await network.close(stream)
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nX: ", "SSH-2.0-x\r\n\r\n"])
    func withoutAHeadNothingIsOpened(_ answer: String) async throws {
        try await withLoopback({ [.send(Array(answer.utf8), to: $0.connection), .close($0.connection)] }) { server, network in
            let failure = await failure {
                try await network.open(HTTPRequest(method: .get, url: server.base))
            }
            #expect([.receive, .truncated, .malformed].contains(failure?.reason))
            #expect(await network.openStreams == 0)
        }
    }

    @Test func headersHaveALimitHereToo() async throws {
        let lines = (0..<100).map { _ in "X-Filler: 12345678" }
        try await withLoopback({ [.send(LoopbackServer.answer("ok", headers: lines), to: $0.connection)] }) { server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.headerBytes = 1000
            let failure = await failure { try await network.open(request) }
            #expect(failure?.reason == .tooLarge("headers of more than 1000 bytes"))
            #expect(await network.openStreams == 0)
        }
    }
}
