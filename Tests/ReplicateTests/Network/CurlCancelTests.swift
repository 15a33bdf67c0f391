// Canceling on the real network: whatever an operation was doing, it ends at once. None of these servers answers and
// none of these sleepers would wake, so an operation that ends did so by being canceled.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct CurlCancelTests {
    @Test func canceledBeforeItStartsItSendsNothing() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let failures = Recorder<TransportFailure?>()
        // The outer operation has the thread, so the inner one cannot have begun when it is canceled.
        let outer = runner.start { [base = server.base] _ in
            let inner = runner.start { failures.add(await $0.postFailure(base)) }
            inner?.cancel()
            await inner?.value
        }
        await outer?.value
        #expect(failures.values == [.canceled])
        #expect(server.requests.values.isEmpty)
    }

    @Test func canceledWhileTheServerIsSilentItMayHaveBeenSent() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let failures = Recorder<TransportFailure?>()
        let task = try runner.begin { [base = server.base] in failures.add(await $0.postFailure(base)) }
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

    /// The create of a run: what it made is known by its answer alone.
    @Test func aRequestThatOutlivesItsCancelIsAnsweredOnceItIsSent() async throws {
        let server = try LoopbackServer { request in
            guard request.path == "/go" else { return [] }
            return [.send(LoopbackServer.answer("late"), to: 1), .send(LoopbackServer.answer("ok"), to: request.connection)]
        }
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let bodies = Recorder<String?>()
        var request = HTTPRequest(method: .post, url: server.base + "/made", body: [])
        request.outlivesCancel = true
        let task = try runner.begin { [request] client in
            bodies.add((try? await client.network.send(request)).map { String(decoding: $0.body, as: UTF8.self) })
        }
        for await _ in server.arrivals { break }
        task.cancel()
        let go = try runner.begin { [base = server.base] client in
            _ = try? await client.network.send(HTTPRequest(method: .get, url: base + "/go"))
        }
        await go.value
        await task.value
        #expect(bodies.values == ["late"])
    }

    @Test func canceledBeforeItBeginsItIsNotSentAllTheSame() async throws {
        let server = try LoopbackServer { [.send(LoopbackServer.answer($0.path), to: $0.connection)] }
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let bodies = Recorder<String>()
        var request = HTTPRequest(method: .post, url: server.base + "/sent", body: [])
        request.outlivesCancel = true
        let task = try runner.begin { [request] client in
            withUnsafeCurrentTask { task in
                // Canceled before it begins it is not sent.
                task?.cancel()
            }
            #expect((try? await client.network.send(request)) == nil)
            bodies.add("not sent")
        }
        await task.value
        #expect(server.requests.values.isEmpty)
        #expect(bodies.values == ["not sent"])
    }

    @Test func itEndsAllTheSameWhenTheClientIsClosed() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let failures = Recorder<TransportFailure?>()
        var request = HTTPRequest(method: .post, url: server.base + "/p", body: [])
        request.outlivesCancel = true
        let task = try runner.begin { [request] client in
            do throws(TransportFailure) {
                _ = try await client.network.send(request)
            } catch {
                failures.add(error)
            }
        }
        for await _ in server.arrivals { break }
        task.cancel()
        let other = try runner.begin { client in _ = await client.network.now() }
        await other.value
        #expect(failures.values.isEmpty)
        runner.stop()
        await task.value
        #expect(failures.values.map { $0?.reason } == [.canceled])
    }

    @Test func canceledWhileItWaitsForAConnectionItTouchedNothing() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server, connections: 1)
        let failures = Recorder<TransportFailure?>()
        let first = try runner.begin { [base = server.base] in _ = await $0.postFailure(base) }
        for await _ in server.arrivals { break }
        let second = try runner.begin { [base = server.base] in failures.add(await $0.postFailure(base)) }
        for _ in 0..<5 { _ = await runner.client.network.now() }
        second.cancel()
        await second.value
        #expect(failures.values == [.canceled])
        first.cancel()
        await first.value
        #expect(server.requests.values.count == 1)
    }

    @Test func canceledWhileItSleepsItWakes() async throws {
        let server = try LoopbackServer.silent()
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let ends = Recorder<Bool>()
        let task = try runner.begin { client in
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
        defer { withExtendedLifetime(server) {} }
        let runner = try NetworkRunner(server)
        let base = server.base
        let silent = try runner.begin { _ = await $0.postFailure(base + "/silent") }
        for await _ in server.arrivals { break }
        silent.cancel()
        await silent.value
        let failures = Recorder<TransportFailure?>()
        await runner.start { failures.add(await $0.postFailure(base + "/works")) }?.value
        #expect(failures.values == [nil])
    }
}
