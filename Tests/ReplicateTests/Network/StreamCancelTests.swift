// Streams that end before their answer does: the task is canceled, or the reader has seen enough.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct StreamCancelTests {
    private static let endless = LoopbackServer.head(length: 1 << 40, "abc")

    /// Opens and reads until it is canceled; says when the first bytes are there.
    private func canceled(
        _ script: @escaping LoopbackServer.Script, when isReady: (LoopbackServer, AsyncStream<Void>) async -> Void
    ) async throws -> TransportFailure? {
        let server = try LoopbackServer(script)
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let failures = Recorder<TransportFailure?>()
        let (readings, reading) = AsyncStream.makeStream(of: Void.self)
        let task = try runner.begin { [base = server.base] client in
            let failure = await failure {
                let stream = try await client.network.open(HTTPRequest(method: .get, url: base))
                while try await client.network.read(stream) != nil { reading.yield() }
            }
            failures.add(failure)
        }
        await isReady(server, readings)
        for _ in 0..<5 { _ = await runner.client.network.now() }
        task.cancel()
        await task.value
        for await connection in server.closings {
            #expect(connection == 1, "the connection is not kept, bytes may still come on it")
            break
        }
        return failures.values.first ?? nil
    }

    @Test func canceledWhileItOpens() async throws {
        let failure = try await canceled({ _ in [] }) { server, _ in for await _ in server.arrivals { break } }
        #expect(failure?.reason == .canceled && failure?.phase == .waiting && failure?.requestTouched == true)
    }

    @Test func canceledWhileItReads() async throws {
        let failure = try await canceled({ [.send(Self.endless, to: $0.connection)] }) { _, readings in
            for await _ in readings { break }
        }
        #expect(failure?.reason == .canceled && failure?.phase == .receiving && failure?.requestTouched == true)
    }

    @Test func aCanceledTaskReadsNothingMoreThoughThereIsSome() async throws {
        let answer = LoopbackServer.answer(String(repeating: "x", count: 100_000))
        try await withLoopback({ [.send(answer, to: $0.connection)] }) { server, network in
            let stream = try await network.open(HTTPRequest(method: .get, url: server.base))
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure { try await network.read(stream) }
            }
            #expect(await task.value?.reason == .canceled)
            await network.close(stream)
        }
    }

    @Test func closingEarlyFreesTheConnection() async throws {
        let script: LoopbackServer.Script = { request in
            request.path == "/endless"
                ? [
                    .send(Self.endless, to: request.connection),
                    .send([UInt8](repeating: 7, count: 8 << 20), to: request.connection),
                ]
                : [.send(LoopbackServer.answer("ok"), to: request.connection)]
        }
        try await withLoopback(connectionsPerHost: 1, script) { server, network in
            for isPaused in [false, true] {
                let stream = try await network.open(HTTPRequest(method: .get, url: server.base + "/endless"))
                if isPaused { await network.becomesPaused(stream) } else { _ = try await network.read(stream) }
                await network.close(stream)
                await network.close(stream)
                #expect(await failure { try await network.read(stream) }?.reason == .canceled)
                for _ in 0..<3 {
                    let answer = try await network.send(HTTPRequest(method: .get, url: server.base + "/next"))
                    #expect(answer.body == Array("ok".utf8))
                }
                #expect(try await network.fetched(server.base + "/next").1 == Array("ok".utf8))
            }
            #expect(await network.openStreams == 0)
            #expect(server.requests.values.map(\.connection) == [1, 2, 2, 2, 2, 2, 3, 3, 3, 3])
        }
    }

    @Test func closingEndsAReaderThatWaits() async throws {
        try await withLoopback({ [.send(Self.endless, to: $0.connection)] }) { server, network in
            let stream = try await network.open(HTTPRequest(method: .get, url: server.base))
            #expect(try await network.read(stream) == Array("abc".utf8))
            let reader = Task { await failure { try await network.read(stream) } }
            await network.hasReader(stream)
            await network.close(stream)
            #expect(await reader.value?.reason == .canceled)
        }
    }
}
