// Canceling and closing the real network: whatever an operation was doing, it ends at once and exactly once. None of
// these servers answers and none of these sleepers would wake, so an operation that ends did so by being canceled.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(1)))
struct CurlCancelTests {
    private func runner(_ server: LoopbackServer, connections: Int = 64) throws -> NetworkRunner {
        let options = try Options(["auth": "r8_x", "base_url": server.base, "connections_per_host": String(connections)])
        return try NetworkRunner(Configuration(options: options, environment: { _ in nil }))
    }

    private func begin(_ runner: NetworkRunner, _ operation: @escaping @Sendable (Client) async -> Void) throws -> Task<Void, Never> {
        try #require(runner.start(operation))
    }

    private func silent() throws -> LoopbackServer { try LoopbackServer { _ in [] } }

    private static func failure(_ client: Client, _ url: String) async -> TransportFailure? {
        do {
            _ = try await client.network.send(HTTPRequest(method: .post, url: url, body: [1, 2, 3]))
            return nil
        } catch {
            return error
        }
    }

    @Test func canceledBeforeItStartsItSendsNothing() async throws {
        let server = try silent()
        let runner = try runner(server)
        let failures = Recorder<TransportFailure?>()
        // The outer operation has the thread, so the inner one cannot have begun when it is canceled.
        let outer = runner.start { [base = server.base] _ in
            let inner = runner.start { failures.add(await Self.failure($0, base)) }
            inner?.cancel()
            await inner?.value
        }
        await outer?.value
        #expect(failures.values == [.canceled])
        #expect(server.requests.values.isEmpty)
    }

    @Test func canceledWhileTheServerIsSilentItMayHaveBeenSent() async throws {
        let server = try silent()
        let runner = try runner(server)
        let failures = Recorder<TransportFailure?>()
        let task = try begin(runner) { [base = server.base] in failures.add(await Self.failure($0, base)) }
        for await _ in server.arrivals { break }
        task.cancel()
        await task.value
        let failure = try #require(failures.values.first ?? nil)
        #expect(failure.reason == .canceled)
        #expect(failure.phase == .waiting)
        #expect(failure.requestTouched)
        for await connection in server.closings {
            #expect(connection == 1, "the connection is not kept, an answer may still come on it")
            break
        }
    }

    @Test func canceledWhileItWaitsForAConnectionItTouchedNothing() async throws {
        let server = try silent()
        let runner = try runner(server, connections: 1)
        let failures = Recorder<TransportFailure?>()
        let first = try begin(runner) { [base = server.base] in _ = await Self.failure($0, base) }
        for await _ in server.arrivals { break }
        let second = try begin(runner) { [base = server.base] in failures.add(await Self.failure($0, base)) }
        for _ in 0..<5 { _ = await runner.client.network.now() }
        second.cancel()
        await second.value
        #expect(failures.values == [.canceled])
        first.cancel()
        await first.value
        #expect(server.requests.values.count == 1)
    }

    @Test func canceledWhileItSleepsItWakes() async throws {
        let server = try silent()
        let runner = try runner(server)
        let ends = Recorder<Bool>()
        let task = try begin(runner) { client in
            do {
                try await client.network.sleep(until: .now + .seconds(3600))
                ends.add(true)
            } catch {
                ends.add(false)
            }
        }
        for _ in 0..<5 { _ = await runner.client.network.now() }
        task.cancel()
        await task.value
        #expect(ends.values == [false])
    }

    @Test func aCanceledOperationLeavesTheOthersAlone() async throws {
        let server = try LoopbackServer { request in
            request.path == "/silent" ? [] : [.send(LoopbackServer.answer("ok"), to: request.connection)]
        }
        let runner = try runner(server)
        let base = server.base
        let silent = try begin(runner) { _ = await Self.failure($0, base + "/silent") }
        for await _ in server.arrivals { break }
        silent.cancel()
        await silent.value
        let failures = Recorder<TransportFailure?>()
        await runner.start { failures.add(await Self.failure($0, base + "/works")) }?.value
        #expect(failures.values == [nil])
    }

    @Test func closingWithWorkInFlightEndsEachOperationOnce() async throws {
        let server = try silent()
        let runner = try runner(server, connections: 10)
        let ends = Recorder<Int>()
        let base = server.base
        var tasks: [Task<Void, Never>] = []
        for number in 0..<90 {
            let task = try begin(runner) { client in
                if number % 3 == 0 {
                    try? await client.network.sleep(until: .now + .seconds(3600))
                } else {
                    let failure = await Self.failure(client, base)
                    #expect(failure?.reason == .canceled)
                }
                ends.add(number)
            }
            tasks.append(task)
        }
        var arrived = 0
        for await _ in server.arrivals {
            arrived += 1
            if arrived == 10 { break }
        }
        runner.stop()
        runner.stop()
        let late = runner.start { _ in ends.add(-1) }
        #expect(late == nil)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        #expect(ends.values.sorted() == Array(0..<90))
        var closed: Set<Int> = []
        for await connection in server.closings {
            closed.insert(connection)
            if closed.count == 10 { break }
        }
        #expect(closed == Set(1...10))
    }

    @Test func whatRunsWhenTheRunnerStopsStillGetsItsAnswer() async throws {
        let held = Recorder<Int>()
        let server = try LoopbackServer { request in
            guard request.path == "/release" else {
                held.add(request.connection)
                return []
            }
            return (held.values + [request.connection]).map { .send(LoopbackServer.answer("late"), to: $0) }
        }
        let (runner, other) = (try runner(server), try runner(server))
        let base = server.base
        let failures = Recorder<TransportFailure?>()
        let task = try begin(runner) { failures.add(await Self.failure($0, base + "/held")) }
        for await _ in server.arrivals { break }
        runner.stop()
        await other.start { _ = await Self.failure($0, base + "/release") }?.value
        await task.value
        #expect(failures.values == [nil])
        // The thread has ended, and with it the connections it kept.
        for await connection in server.closings {
            #expect(connection == 1)
            break
        }
    }

    @Test func aRunnerThatIsLetGoStops() async throws {
        let server = try LoopbackServer { [.send(LoopbackServer.answer("ok"), to: $0.connection)] }
        do {
            let runner = try runner(server)
            await runner.start { [base = server.base] in _ = await Self.failure($0, base) }?.value
        }
        for await connection in server.closings {
            #expect(connection == 1)
            break
        }
    }
}
