// The files of an input: which of them may go inside of the request, and what is sent in which order.

import Testing

@testable import Replicate

struct AttachmentTests {
    private func file(_ size: Int) -> UploadFile { UploadFile(bytes: [UInt8](repeating: 7, count: size)) }

    private func failure(_ kind: ReplicateError.Kind, _ status: Int? = nil) -> ReplicateError {
        var error = ReplicateError(kind, "no")
        error.status = status
        return error
    }

    @Test(
        arguments: [
            (.network, nil, 256_000, true), (.network, nil, 256_001, false), (.network, 500, 1, true), (.network, 502, 1, true),
            (.capacity, 503, 1, true), (.network, 504, 0, true), (.timeout, nil, 1, true), (.truncated, nil, 1, true),
            (.truncated, 201, 1, true), (.network, 201, 1, true), (.timeout, 200, 1, true),
            (.protocol, 200, 1, false), (.truncated, 413, 1, false), (.network, 302, 1, false),
            // Of these the server has said that it does not want them, or the answer cannot be trusted.
            (.network, 408, 1, false), (.network, 425, 1, false), (.auth, 401, 1, false), (.invalidInput, 413, 1, false),
            (.rateLimited, 429, 1, false), (.protocol, nil, 1, false), (.internal, nil, 1, false), (.invalidInput, nil, 1, false),
        ] as [(ReplicateError.Kind, Int?, Int, Bool)])
    func whatGoesInside(_ kind: ReplicateError.Kind, _ status: Int?, _ size: Int, _ goes: Bool) {
        var allowance = InlineAllowance()
        let refusal = allowance.refusal(of: "file", Int64(size), after: failure(kind, status))
        #expect((refusal == nil) == goes)
        if let refusal {
            #expect(refusal.kind == kind && refusal.status == status && refusal.delivery == .notSent)
            #expect(refusal.message.hasPrefix("file could not be uploaded"))
        }
    }

    @Test func theAllowanceIsForAllTogether() {
        var allowance = InlineAllowance()
        #expect(!allowance.takes(10_000_001) && allowance.takes(9_999_999) && !allowance.takes(2) && allowance.takes(1))
        #expect(allowance.takes(0) && !allowance.takes(1))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64OfTheRFC(_ text: String, _ encoded: String) { #expect(Base64.encode(Array(text.utf8)) == encoded) }

    @Test func base64HasEveryLetter() {
        let bytes = (0..<64).flatMap { group -> [UInt8] in [UInt8(group) << 2, 0, 0] }
        let letters = Base64.encode(bytes).enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
        #expect(String(letters) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    }

    private func run(_ steps: [ScriptedNetwork.Step], _ options: KeyValuePairs<String, String?> = [:], size: Int = 1) async throws
        -> (result: Result<JSON, ReplicateError>, network: ScriptedNetwork, told: [String])
    {
        let network = ScriptedNetwork(steps)
        var input = try PredictionInput(JSON(validating: #"{"a":[]}"#))
        try input.attach(file(size), at: "/a/-")
        let log = Log()
        let creation = Client.Creation(begin: { log.add("begin") })
        let (client, options) = (try Client(network), try Options(options))
        do throws(ReplicateError) {
            let watch = try await client.startRun(.version("v"), input, options, telling: creation)
            return (.success(watch.snapshot), network, log.lines)
        } catch {
            return (.failure(error), network, log.lines)
        }
    }

    private static let record = ScriptedNetwork.Step.json(201, #"{"urls":{"get":"https://f/1"}}"#)
    private static let done = ScriptedNetwork.Step.json(201, prediction("succeeded"))

    @Test func theFileFirstAndThenTheCreate() async throws {
        let (result, network, told) = try await run([Self.record, Self.done])
        #expect((try? result.get()) != nil && told == ["begin"])
        let sent = await network.sent.map(\.request)
        #expect(sent.map { $0.url.split(separator: "/").last } == ["files", "predictions"])
        #expect(sent.last?.bodyText == #"{"version":"v","input":{"a":["https://f/1"]}}"#)
        // The time for an answer begins when the file is there.
        #expect(sent[0].limits.total == .seconds(24 * 3600) && sent[1].limits.total == .seconds(120))
    }

    @Test func oneDeadlineForBoth() async throws {
        let (result, network, _) = try await run([Self.record.taking(.seconds(4)), Self.done], ["timeout_ms": "10000"])
        #expect((try? result.get()) != nil)
        let sent = await network.sent.map(\.request)
        #expect(sent.map(\.limits.total) == [.seconds(10), .seconds(6)])
        #expect(sent[1].header("Prefer") == "wait=5", "the answer has to come back, too")
    }

    @Test func aDeadlineThatTheFileUsesUpLeavesNothingToFallBackTo() async throws {
        let late = ScriptedNetwork.Step.fails(.timeout(.total), touched: true).taking(.seconds(11))
        let (result, network, told) = try await run([late], ["timeout_ms": "10000"])
        #expect(throws: ReplicateError.self) { try result.get() }
        if case .failure(let error) = result { #expect(error.kind == .timeout && error.delivery == .notSent) }
        #expect(told.isEmpty)
        #expect(await network.stepsLeft == 0)
    }

    /// Found in review: libcurl's limit fired a millisecond before the deadline, and the create went out after all.
    @Test func aTimeoutJustBeforeTheDeadlineCreatesNothing() async throws {
        for milliseconds in [9_901, 9_999, 10_000] {
            let late = ScriptedNetwork.Step.fails(.timeout(.total), touched: true).taking(.milliseconds(milliseconds))
            let (result, network, told) = try await run([late], ["timeout_ms": "10000"])
            if case .failure(let error) = result { #expect(error.kind == .timeout && error.delivery == .notSent) }
            #expect((try? result.get()) == nil && told.isEmpty)
            #expect(await network.sent.count == 1)
        }
    }

    @Test func aCreateWithNoTimeForItsAnswerIsNotSent() async throws {
        for milliseconds in [9_991, 10_000, 10_500] {
            let (result, network, told) = try await run(
                [Self.record.taking(.milliseconds(milliseconds))], ["timeout_ms": "10000"])
            if case .failure(let error) = result { #expect(error.kind == .timeout && error.delivery == .notSent) }
            #expect((try? result.get()) == nil && told.isEmpty)
            #expect(await network.sent.count == 1)
        }
    }

    /// Found in review: the sum of sparse files' sizes trapped.
    @Test func sizesThatNoNumberHolds() {
        #expect(UploadProgress.sum([1 << 50, 2, 0]) == (1 << 50) + 2 && UploadProgress.sum([.max, 1, .max]) == .max)
        #expect(UploadProgress.sum([Int64](repeating: 1 << 50, count: 8192)) == .max)
    }

    /// Found in review: two spellings of a name were taken for one, and the first file became null.
    @Test func namesThatSwiftTakesForOneAreTwo() throws {
        var input = try PredictionInput(JSON(validating: "{}"))
        try input.attach(file(1), at: "/caf\u{E9}")
        try input.attach(file(1), at: "/cafe\u{301}")
        #expect(input.attachments.count == 2)
        #expect(String(decoding: try input.replacingFiles(by: ["1", "2"]).body(), as: UTF8.self).contains("null") == false)
    }

    @Test func anUploadIsRepeatedAsACreateIs() async throws {
        let refused = ScriptedNetwork.Step.fails(.connect, touched: false)
        let (result, network, _) = try await run([refused, .json(429, "{}"), Self.record, Self.done])
        #expect((try? result.get()) != nil)
        #expect(await network.sent.count == 4)
        let (broken, once, _) = try await run([.fails(.receive, touched: true), Self.done])
        #expect((try? broken.get()) != nil)
        #expect(await once.sent.last?.request.bodyText?.contains("data:application/octet-stream;base64,Bw==") == true)
    }

    @Test func aCancelWhileItIsUploadedCreatesNothing() async throws {
        let (result, network, told) = try await run([.canceled])
        if case .failure(let error) = result { #expect(error.kind == .canceled && error.delivery == .notSent) }
        #expect((try? result.get()) == nil && told.isEmpty)
        #expect(await network.sent.count == 1)
    }

    @Test func whatHasChangedOnDiskGoesAsItIsNow() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("x.txt", "12345")
        let file = try UploadFile(path: path)
        func uri() throws -> String { try file.dataURI(file.opened()) }
        #expect(try uri() == "data:text/plain;base64,MTIzNDU=")
        _ = try folder.write("x.txt", "1234567890")
        #expect(try uri() == "data:text/plain;base64,MTIzNDU2Nzg5MA==", "what has grown goes as it is now, as an upload would")
        #expect(file.currentSize == 10 && file.size == 5)
        _ = try folder.write("x.txt", "123")
        #expect(try uri() == "data:text/plain;base64,MTIz")
    }
}

private final class Log: @unchecked Sendable {
    private(set) var lines: [String] = []
    func add(_ line: String) { lines.append(line) }
}
