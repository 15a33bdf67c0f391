// Readers that are slower than the server, and servers that are slower than the timeouts allow.

import Glibc
import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct StreamFlowTests {
    /// No two blocks are alike.
    private static func body(megabytes: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 7)
        var block = generator.bytes(1 << 20)
        var body: [UInt8] = []
        body.reserveCapacity(megabytes << 20)
        for number in 0..<megabytes {
            block[0] = UInt8(number)
            body += block
        }
        return body
    }

    /// At the speed of memory, also where the compiler does not optimize.
    private static func isEqual(_ part: ArraySlice<UInt8>, _ bytes: [UInt8]) -> Bool {
        part.withUnsafeBytes { part in
            bytes.withUnsafeBytes { bytes in
                guard let first = part.baseAddress, let second = bytes.baseAddress else { return part.count == bytes.count }
                return part.count == bytes.count && memcmp(first, second, part.count) == 0
            }
        }
    }

    private static func server(of body: [UInt8]) -> LoopbackServer.Script {
        { [.send(LoopbackServer.head(length: body.count), to: $0.connection), .send(body, to: $0.connection)] }
    }

    @Test func aReaderThatDoesNotReadHoldsTheServerBack() async throws {
        let body = Self.body(megabytes: 64)
        try await withLoopback(Self.server(of: body)) { server, network in
            let stream = try await network.open(HTTPRequest(method: .get, url: server.base))
            await network.becomesPaused(stream)
            for _ in 0..<2000 { _ = await network.now() }
            #expect(server.bytesSent < 16 << 20, "what the sockets hold, and no more")
            var position = 0
            var isRight = true
            while let bytes = try await network.read(stream) {
                #expect(bytes.count <= BodyStream.capacity)
                let end = min(position + bytes.count, body.count)
                isRight = isRight && Self.isEqual(body[position..<end], bytes)
                position += bytes.count
            }
            #expect(isRight && position == body.count)
            await network.close(stream)
        }
    }

    @Test func silenceWhileReadingEndsInTheIdleTimeout() async throws {
        try await withLoopback({ [.send(LoopbackServer.head(length: 9, "abc"), to: $0.connection)] }) { server, network in
            var limits = HTTPRequest.Limits()
            limits.idle = .milliseconds(300)
            let failure = await failure { try await network.fetched(server.base, limits) }
            #expect(failure?.reason == .timeout(.idle))
            #expect(failure?.phase == .receiving)
            for await connection in server.closings {
                #expect(connection == 1)
                break
            }
        }
    }

    @Test func silenceBeforeTheHeadEndsInTheIdleTimeout() async throws {
        try await withLoopback({ _ in [] }) { server, network in
            var limits = HTTPRequest.Limits()
            limits.idle = .milliseconds(300)
            let failure = await failure { try await network.fetched(server.base, limits) }
            #expect(failure?.reason == .timeout(.idle))
            #expect(failure?.phase == .waiting)
        }
    }

    @Test func aReaderThatTakesItsTimeIsNotSilence() async throws {
        let body = Self.body(megabytes: 12)
        try await withLoopback(Self.server(of: body)) { server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.idle = .milliseconds(800)
            let stream = try await network.open(request)
            await network.becomesPaused(stream)
            // What is tested is that time passes and nothing happens.
            try await network.sleep(until: .now + .milliseconds(1200))
            #expect(try await network.readAll(stream) == body)
            await network.close(stream)
        }
    }

    @Test func theTotalTimeoutCountsWhileNobodyReads() async throws {
        try await withLoopback(Self.server(of: Self.body(megabytes: 12))) { server, network in
            var request = HTTPRequest(method: .get, url: server.base)
            request.limits.total = .milliseconds(500)
            let stream = try await network.open(request)
            await network.becomesPaused(stream)
            for await connection in server.closings {
                #expect(connection == 1)
                break
            }
            let failure = await failure { try await network.readAll(stream) }
            #expect(failure?.reason == .timeout(.total))
            await network.close(stream)
        }
    }

    @Test func manyStreamsAndSendsAtOnceEachGetTheirOwn() async throws {
        let script: LoopbackServer.Script = { request in
            let text = String(repeating: request.path + " ", count: request.path.contains("stream") ? 40_000 : 1)
            return [.send(LoopbackServer.answer(text), to: request.connection)]
        }
        try await withLoopback(connectionsPerHost: 16, script) { server, network in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    let (stream, send) = ("/stream\(number)", "/send\(number)")
                    group.addTask {
                        let bytes = try await network.fetched(server.base + stream).1
                        return bytes == Array(String(repeating: stream + " ", count: 40_000).utf8)
                    }
                    group.addTask {
                        let answer = try await network.send(HTTPRequest(method: .get, url: server.base + send))
                        return answer.body == Array((send + " ").utf8)
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(server.requests.values.count == 80)
            #expect(await network.openStreams == 0)
        }
    }
}
