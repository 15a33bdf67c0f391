// A client's thread: what it runs, in which order its timers fire, and that closing it ends every operation once.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct NetworkRunnerTests {
    @Test func operationsRunOneAtATimeInTheOrderTheyWereStarted() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let order = Recorder<Int>()
        let tasks = try (0..<500).map { number in try runner.begin { _ in order.add(number) } }
        for task in tasks { await task.value }
        #expect(order.values == Array(0..<500))
    }

    @Test func sleepersWakeInTheOrderOfTheirInstants() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let woken = Recorder<Int>()
        let start = ContinuousClock.now
        // The first two and the last two are due at the same time: then the older goes first.
        let tasks = try [
            (70, 7), (20, 2), (90, 9), (0, 0), (40, 4), (0, 1), (80, 8), (30, 3), (60, 6), (50, 5), (90, 10),
        ].map {
            (delay, number) in
            try runner.begin { client in
                try? await client.network.sleep(until: start + .milliseconds(300 + delay))
                woken.add(number)
                #expect(ContinuousClock.now - start >= .milliseconds(300 + delay))
            }
        }
        for task in tasks { await task.value }
        #expect(woken.values == Array(0...10))
    }

    @Test func anInstantThatHasPassedIsNotWaitedFor() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        await runner.start { try? await $0.network.sleep(until: .now - .seconds(3600)) }?.value
    }

    @Test func closingWithWorkInFlightEndsEachOperationOnce() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server, connections: 10)
        let ends = Recorder<Int>()
        let base = server.base
        var tasks: [Task<Void, Never>] = []
        for number in 0..<90 {
            let task = try runner.begin { client in
                if number % 3 == 0 {
                    try? await client.network.sleep(until: .now + .seconds(3600))
                } else {
                    let failure = await client.postFailure(base)
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
        defer { withExtendedLifetime(server) {} }
        let (runner, other) = (try NetworkRunner(server), try NetworkRunner(server))
        let base = server.base
        let failures = Recorder<TransportFailure?>()
        let task = try runner.begin { failures.add(await $0.postFailure(base + "/held")) }
        for await _ in server.arrivals { break }
        runner.stop()
        await other.start { _ = await $0.postFailure(base + "/release") }?.value
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
        defer { withExtendedLifetime(server) {} }
        do {
            let runner = try NetworkRunner(server)
            await runner.start { [base = server.base] in _ = await $0.postFailure(base) }?.value
        }
        for await connection in server.closings {
            #expect(connection == 1)
            break
        }
    }
}
