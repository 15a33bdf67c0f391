// Files that are not, when they are sent, what they were when the program named them: an error, never a request that hangs,
// and never other bytes than were announced.

import Glibc
import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct FormFileTests {
    /// Sends a file of 3 MB on a client with one connection, which an earlier request has. `change` happens when the form is
    /// made, and before any of it can be sent.
    private func upload(
        bytes: [UInt8], change: (String) throws -> Void
    ) async throws -> (TransportFailure?, LoopbackServer.Request?) {
        let folder = try TemporaryFolder()
        let path = try folder.write("film.mp4", bytes)
        let server = try LoopbackServer { request in
            request.path == "/silent" ? [] : [.send(LoopbackServer.answer("ok"), to: request.connection)]
        }
        let network = try CurlNetwork(connectionsPerHost: 1)
        defer { network.thread.stop() }
        let first = Task { [base = server.base] in
            _ = try await network.send(HTTPRequest(method: .get, url: base + "/silent"))
        }
        for await _ in server.arrivals { break }
        var request = HTTPRequest(method: .post, url: server.base + "/files")
        request.form = try UploadFile(path: path).parts(metadata: nil)
        request.limits.idle = .seconds(5)
        request.skipsLine = true  // Begun, and then held by libcurl: there is no connection for it.
        let second = Task { [request] in await failure { try await network.send(request) } }
        while await network.transfersUnderWay < 2 { await Task.yield() }
        try change(path)
        first.cancel()
        return (await second.value, server.requests.values.first { $0.path == "/files" })
    }

    private static let bytes: [UInt8] = {
        var generator = SeededGenerator(seed: 3)
        return generator.bytes(3_000_000)
    }()

    @Test func aFileThatStaysIsSent() async throws {
        let (failure, request) = try await upload(bytes: Self.bytes) { _ in }
        #expect(failure == nil)
        #expect(request.flatMap { FormBody($0) }?["content"]?.body == Self.bytes)
    }

    @Test(arguments: [0, 1, 2_000_000, 2_999_999])
    func aFileThatShrinksIsAnErrorAndNoHang(_ size: Int) async throws {
        let (failure, request) = try await upload(bytes: Self.bytes) { #expect(truncate($0, size) == 0) }
        let reason = try #require(failure?.reason)
        guard case .content(let what) = reason else {
            Issue.record("\(reason)")
            return
        }
        #expect(what.contains("film.mp4") && what.contains("3000000"))
        #expect(request == nil, "it never came in whole")
    }

    @Test func aFileThatGrowsIsSentAsLongAsItWasAnnounced() async throws {
        let (failure, request) = try await upload(bytes: Self.bytes) { path in
            let descriptor = open(path, O_WRONLY | O_APPEND)
            #expect(write(descriptor, "more", 4) == 4)
            close(descriptor)
        }
        #expect(failure == nil)
        #expect(request.flatMap { FormBody($0) }?["content"]?.body == Self.bytes)
    }

    @Test func aFileThatIsRemovedMeanwhileIsStillSent() async throws {
        let (failure, request) = try await upload(bytes: Self.bytes) { #expect(unlink($0) == 0) }
        #expect(failure == nil)
        #expect(request.flatMap { FormBody($0) }?["content"]?.body == Self.bytes)
    }

    @Test func aFileThatIsGoneBeforeItIsSentIsAnErrorAndNothingIsSent() async throws {
        let server = try LoopbackServer { [.send(LoopbackServer.answer("{}", status: 201), to: $0.connection)] }
        let runner = try NetworkRunner(server)
        let folder = try TemporaryFolder()
        for replacement in ["nothing", "a FIFO", "a folder"] {
            let path = try folder.write("film.mp4", Self.bytes)
            let file = try UploadFile(path: path)
            unlink(path)
            if replacement == "a FIFO" { #expect(mkfifo(path, 0o600) == 0) }
            if replacement == "a folder" { #expect(mkdir(path, 0o700) == 0) }
            let errors = Recorder<ReplicateError>()
            await runner.start { client in
                do throws(ReplicateError) { _ = try await client.upload(file, Options()) } catch { errors.add(error) }
            }?.value
            let error = try #require(errors.values.first)
            #expect(error.kind == .invalidInput && error.delivery == .notSent && error.attempts == 1, "\(replacement): \(error)")
            #expect(error.message.contains("film.mp4"), "\(replacement): \(error)")
            unlink(path)
            rmdir(path)
        }
        #expect(server.requests.values.isEmpty)
    }

    @Test func onRetryTheSameBytesGoOutAgain() async throws {
        let count = Recorder<Int>()
        let server = try LoopbackServer { request in
            count.add(1)
            let answer =
                count.values.count == 1
                ? LoopbackServer.answer("", status: 429, headers: ["Retry-After: 0"])
                : LoopbackServer.answer("{\"id\":\"f\"}", status: 201)
            return [.send(answer, to: request.connection)]
        }
        let runner = try NetworkRunner(server)
        let folder = try TemporaryFolder()
        let path = try folder.write("film.mp4", Self.bytes)
        for file in [try UploadFile(path: path), UploadFile(bytes: Self.bytes)] {
            let answers = Recorder<String?>()
            await runner.start { client in
                answers.add(try? await client.upload(file, metadata: JSON("x"), Options())["id"]?.string)
            }?.value
            #expect(answers.values == ["f"])
        }
        let forms = server.requests.values.map { FormBody($0) }
        #expect(forms.count == 3)
        #expect(forms.allSatisfy { $0?["content"]?.body == Self.bytes && $0?["metadata"]?.text == "\"x\"" })
    }

    @Test func anUploadThatNobodyAnswersEndsInTheIdleTimeout() async throws {
        try await withLoopback({ _ in [] }) { server, network in
            var request = HTTPRequest(method: .post, url: server.base)
            request.form = UploadFile(bytes: Self.bytes).parts(metadata: nil)
            request.limits.idle = .milliseconds(400)
            let failure = await failure { try await network.send(request) }
            #expect(failure?.reason == .timeout(.idle) && failure?.phase == .waiting && failure?.requestTouched == true)
        }
    }

    @Test func anUploadThatNobodyReadsEndsInTheIdleTimeout() async throws {
        // It takes connections and nothing of what they send.
        let listener = try LoopbackServer.listen()
        defer { close(listener) }
        let network = try CurlNetwork(connectionsPerHost: 1)
        defer { network.thread.stop() }
        var request = HTTPRequest(method: .post, url: "http://127.0.0.1:\(try LoopbackServer.port(of: listener))/")
        request.form = UploadFile(bytes: [UInt8](repeating: 7, count: 32 << 20)).parts(metadata: nil)
        request.limits.idle = .milliseconds(400)
        let failure = await failure { try await network.send(request) }
        #expect(failure?.reason == .timeout(.idle) && failure?.phase == .sending && failure?.requestTouched == true)
    }
}
