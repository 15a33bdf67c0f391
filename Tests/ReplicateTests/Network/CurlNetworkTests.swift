// The real network against a loopback server: many transfers at once, kept connections, timers, bodies, limits.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct CurlNetworkTests {
    @Test func twoHundredTransfersAtOnceEachGetTheirOwnAnswer() async throws {
        let waiting = Recorder<LoopbackServer.Request>()
        let script: LoopbackServer.Script = { request in
            waiting.add(request)
            // Nobody is answered before all have asked; then the last is the first.
            guard waiting.values.count == 200 else { return [] }
            return waiting.values.reversed().map {
                .send(
                    LoopbackServer.answer("\($0.path) \(String(decoding: $0.body, as: UTF8.self))"), to: $0.connection)
            }
        }
        try await withLoopback(connectionsPerHost: 200, script) { server, network in
            let answers = try await withThrowingTaskGroup(of: (Int, HTTPResponse).self) { group in
                for number in 0..<200 {
                    let request = HTTPRequest(
                        method: .post, url: "\(server.base)/\(number)", body: Array("body \(number)".utf8))
                    group.addTask { (number, try await network.send(request)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 200)
            for (number, answer) in answers {
                #expect(answer.status == 200)
                #expect(String(decoding: answer.body, as: UTF8.self) == "/\(number) body \(number)")
            }
            #expect(Set(waiting.values.map(\.connection)).count == 200)
        }
    }

    @Test func requestsInARowShareAConnection() async throws {
        try await withLoopback({ [.send(LoopbackServer.answer("ok"), to: $0.connection)] }) { server, network in
            for method in [HTTPRequest.Method.get, .post, .patch, .delete, .query, .get] {
                _ = try await network.send(HTTPRequest(method: method, url: server.base + "/"))
            }
            #expect(server.requests.values.map(\.connection) == [1, 1, 1, 1, 1, 1])
            #expect(server.requests.values.map(\.method) == ["GET", "POST", "PATCH", "DELETE", "QUERY", "GET"])
        }
    }

    @Test func noMoreConnectionsAreOpenedThanAllowed() async throws {
        try await withLoopback(connectionsPerHost: 3, { [.send(LoopbackServer.answer("ok"), to: $0.connection)] }) {
            server, network in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        _ = try await network.send(HTTPRequest(method: .get, url: "\(server.base)/\(number)"))
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.requests.values.count == 40)
            #expect(Set(server.requests.values.map(\.connection)).isSubset(of: [1, 2, 3]))
        }
    }

    @Test func aRequestIsExactlyWhatItSays() async throws {
        try await withLoopback({ [.send(LoopbackServer.answer("ok"), to: $0.connection)] }) { server, network in
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var post = HTTPRequest(method: .post, url: server.base + "/a?b=c", body: body)
            post.headers = [("Authorization", "Bearer x"), ("Content-Type", "application/json")]
            _ = try await network.send(post)
            _ = try await network.send(HTTPRequest(method: .post, url: server.base + "/empty"))
            let requests = server.requests.values
            #expect(requests.first?.body == body)
            let head = try #require(requests.first?.head)
            #expect(head.hasPrefix("POST /a?b=c HTTP/1.1\r\n"))
            #expect(head.contains("\r\nAuthorization: Bearer x\r\n"))
            #expect(head.contains("\r\nContent-Type: application/json\r\n"))
            #expect(!head.contains("Expect:"))
            let empty = try #require(requests.last?.head)
            #expect(empty.contains("\r\nContent-Length: 0\r\n"))
            #expect(!empty.contains("Authorization") && !empty.contains("Content-Type"), "a used handle keeps nothing")
        }
    }

    @Test func anAnswerIsReadAsItIs() async throws {
        let early = "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
        let late =
            "HTTP/1.1 418 T\r\nX-B:  two \r\nx-a:1\r\nX-B: three\r\nX-Empty:\r\nTransfer-Encoding: chunked\r\n"
            + "\r\n3\r\nabc\r\n2\r\nd\0\r\n0\r\n\r\n"
        try await withLoopback({ [.send(Array((early + late).utf8), to: $0.connection)] }) { server, network in
            let response = try await network.send(HTTPRequest(method: .get, url: server.base))
            #expect(response.status == 418)
            #expect(response.body == Array("abcd\0".utf8))
            #expect(response.headers.map(\.name) == ["x-b", "x-a", "x-b", "x-empty", "transfer-encoding"])
            #expect(response.headers.map(\.value) == ["two", "1", "three", "", "chunked"])
            #expect(response.header("x-b") == "two")
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        let answer = LoopbackServer.answer("", status: 302, headers: ["Location: /elsewhere"])
        try await withLoopback({ [.send(answer, to: $0.connection)] }) { server, network in
            let response = try await network.send(HTTPRequest(method: .get, url: server.base + "/"))
            #expect(response.status == 302)
            #expect(server.requests.values.count == 1)
        }
    }

    @Test(arguments: [(999, true), (1000, true), (1001, false), (200_000, false)])
    func bodiesHaveALimit(_ size: Int, _ fits: Bool) async throws {
        let body = String(repeating: "x", count: size)
        try await withLoopback({ [.send(LoopbackServer.answer(body), to: $0.connection)] }) { server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.responseBytes = 1000
            if fits {
                let response = try await network.send(request)
                #expect(response.body.count == size)
            } else {
                let failure = try #require(await network.failure(of: request))
                #expect(failure.reason == .tooLarge("a body of more than 1000 bytes"))
                #expect(failure.phase == .receiving)
            }
        }
    }

    /// What is an error has a limit of its own: the kind of the error must not be lost to the other one.
    @Test func ofAnErrorTheBodyMayBeLongerThanOfAnAnswer() async throws {
        let answer = LoopbackServer.answer(String(repeating: "x", count: 2000), status: 401)
        try await withLoopback({ [.send(answer, to: $0.connection)] }) { server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.responseBytes = 1000
            let response = try await network.send(request)
            #expect(response.status == 401 && response.body.count == 2000)
        }
    }

    @Test(
        arguments: [
            (.post, false, 99, 10_000, true), (.post, false, 101, 10_000, false), (.put, false, 99, 10_000, true),
            (.post, false, 51, 200, false), (.post, false, 49, 200, true), (.post, true, 1, 10_000, false),
            (.get, false, 1, 10_000, false), (.delete, false, 1, 10_000, false), (.post, false, -5, 10_000, true),
        ] as [(HTTPRequest.Method, Bool, Int, Int, Bool)])
    func nothingIsMadeInTheLastMomentOfTheWhole(
        _ method: HTTPRequest.Method, _ ends: Bool, _ left: Int, _ whole: Int, _ isTooLate: Bool
    ) {
        var request = HTTPRequest(method: method, url: "http://x")
        request.skipsLine = ends
        request.limits.total = .milliseconds(whole)
        request.limits.leave(.milliseconds(left))
        #expect(request.limits.total == .milliseconds(max(1, left)) && request.limits.whole == .milliseconds(whole))
        #expect(request.isTooLate(.milliseconds(left)) == isTooLate)
    }

    /// The connecting, or others on the connection, may have taken all but a moment of its time.
    @Test func nothingIsMadeInTheLastMomentOfAConnection() async throws {
        try await withLoopback({ [.send(LoopbackServer.answer("made"), to: $0.connection)] }) { server, network in
            var request = HTTPRequest(method: .post, url: server.base, body: [])
            request.limits.total = .seconds(10)
            request.limits.leave(.milliseconds(80))
            let failure = try #require(await network.failure(of: request))
            #expect(failure.reason == .timeout(.total) && !failure.requestTouched)
            request.limits.leave(.seconds(10))
            #expect(try await network.send(request).status == 200)
            #expect(server.requests.values.count == 1)
        }
    }

    @Test(arguments: [(100, true), (900, true), (1100, false), (90_000, false)])
    func headersHaveALimit(_ size: Int, _ fits: Bool) async throws {
        let lines = (0..<(size / 20)).map { _ in "X-Filler: 12345678" }
        try await withLoopback({ [.send(LoopbackServer.answer("ok", headers: lines), to: $0.connection)] }) {
            server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.headerBytes = 1000
            if fits {
                let response = try await network.send(request)
                #expect(response.headers.count == size / 20 + 1)
            } else {
                #expect(await network.failure(of: request)?.reason == .tooLarge("headers of more than 1000 bytes"))
            }
        }
    }
}

/// What waits for its turn, because as many are under way as there may be connections.
@Suite(.timeLimit(.minutes(10)))
struct CurlNetworkLineTests {
    /// A network whose only place is taken by a request that gets no answer, and what `second` comes to then.
    private func behindASilentOne(
        _ second: HTTPRequest,
        then: @Sendable (CurlNetwork, Task<TransportFailure?, Never>, Task<Void, any Error>) async -> Void = { _, _, _ in }
    ) async throws -> (failure: TransportFailure?, paths: [String]) {
        let outcome = Recorder<(failure: TransportFailure?, paths: [String])>()
        try await withLoopback(
            connectionsPerHost: 1,
            {
                $0.path == "/silent" ? [] : [.send(LoopbackServer.answer("ok"), to: $0.connection)]
            }
        ) { server, network in
            let first = Task { [base = server.base] in
                _ = try await network.send(HTTPRequest(method: .get, url: base + "/silent"))
            }
            for await _ in server.arrivals { break }
            var second = second
            second.url = server.base + second.url
            let ended = Recorder<Bool>()
            let task = Task { [second] in
                let failure = await failure { try await network.send(second) }
                ended.add(true)
                return failure
            }
            // On a busy machine its deadline may have come before anybody looks.
            while await network.requestsWaiting < 1, ended.values.isEmpty { await Task.yield() }
            await then(network, task, first)
            let result = await task.value
            first.cancel()
            _ = await first.result
            outcome.add((result, server.requests.values.map(\.path)))
        }
        return try #require(outcome.values.first)
    }

    @Test func itGoesWhenThereIsAPlace() async throws {
        let (failure, paths) = try await behindASilentOne(HTTPRequest(method: .get, url: "/second")) { _, _, first in
            first.cancel()
        }
        #expect(failure == nil)
        #expect(paths == ["/silent", "/second"])
    }

    @Test func aCancelTakesItOut() async throws {
        let (failure, paths) = try await behindASilentOne(HTTPRequest(method: .post, url: "/second")) { _, second, _ in
            second.cancel()
        }
        #expect(failure == .canceled)
        #expect(failure?.requestTouched == false)
        #expect(paths == ["/silent"])
    }

    @Test func theCallersOwnDeadlineEndsItThere() async throws {
        var request = HTTPRequest(method: .post, url: "/second")
        request.limits.total = .milliseconds(700)
        request.limits.isFirm = true
        let (failure, paths) = try await behindASilentOne(request)
        #expect(failure?.reason == .timeout(.total))
        #expect(failure?.phase == .queued)
        #expect(failure?.requestTouched == false)
        #expect(paths == ["/silent"])
    }

    /// Found in review: those that waited for a connection got one when those before them timed out, a moment before they did so
    /// themselves, and may have made what nobody heard of.
    @Test func whatWouldMakeSomethingInItsLastMomentIsNotSent() async throws {
        try await withLoopback(connectionsPerHost: 2, { _ in [] }) { server, network in
            var failures: [TransportFailure] = []
            await withTaskGroup(of: TransportFailure?.self) { group in
                for number in 0..<20 {
                    var request = HTTPRequest(method: .post, url: "\(server.base)/\(number)")
                    request.limits.total = .milliseconds(500)
                    request.limits.isFirm = true
                    group.addTask { [request] in
                        do throws(TransportFailure) { _ = try await network.send(request) } catch { return error }
                        return nil
                    }
                }
                for await failure in group { failures += failure.map { [$0] } ?? [] }
            }
            #expect(failures.count == 20 && failures.allSatisfy { $0.reason == .timeout(.total) })
            #expect(failures.filter(\.requestTouched).count == 2)
            #expect(server.requests.values.count == 2)
        }
    }

    /// The library's own is for the exchange alone.
    @Test func anotherDeadlineBeginsWhenItGoes() async throws {
        var request = HTTPRequest(method: .get, url: "/second")
        request.limits.total = .milliseconds(50)
        let (failure, _) = try await behindASilentOne(request) { network, _, first in
            try? await network.sleep(until: .now + .milliseconds(100))
            first.cancel()
        }
        #expect(failure == nil)
    }

    @Test func whatEndsAThingSkipsTheLine() async throws {
        try await withLoopback(connectionsPerHost: 1, { _ in [] }) { server, network in
            let first = Task { [base = server.base] in
                _ = try await network.send(HTTPRequest(method: .get, url: base + "/silent"))
            }
            for await _ in server.arrivals { break }
            var cancel = HTTPRequest(method: .post, url: server.base + "/cancel")
            cancel.skipsLine = true
            let second = Task { [cancel] in _ = try await network.send(cancel) }
            while await network.transfersUnderWay < 2 { await Task.yield() }
            #expect(await network.requestsWaiting == 0)
            first.cancel()
            second.cancel()
            _ = await (first.result, second.result)
        }
    }
}
