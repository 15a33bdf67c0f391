// Files to send: what may be one, what it is called, what is refused before anything is sent, and when it is sent again.

import Glibc
import Testing

@testable import Replicate

struct UploadFileTests {
    private func upload(
        _ file: UploadFile, _ steps: [ScriptedNetwork.Step], metadata: JSON? = nil,
        _ options: KeyValuePairs<String, String?> = [:]
    ) async throws -> (ReplicateError?, [ScriptedNetwork.Sent]) {
        let network = ScriptedNetwork(steps)
        let client = try Client(network)
        var failed: ReplicateError?
        do { _ = try await client.upload(file, metadata: metadata, Options(options)) } catch { failed = error as? ReplicateError }
        #expect(await network.stepsLeft == 0)
        return (failed, await network.sent)
    }

    @Test func aPathsNameAndTypeAreItsOwnUntilTheyAreSet() throws {
        let folder = try TemporaryFolder()
        var file = try UploadFile(path: folder.write("a fox.webp", "1234"))
        #expect(file.name == "a fox.webp" && file.type == "image/webp" && file.size == 4)
        try file.setName("b.wav")
        #expect(file.name == "b.wav" && file.type == "audio/wav")
        try file.setType("x/y; z=1")
        try file.setName("c.gif")
        #expect(file.name == "c.gif" && file.type == "x/y; z=1")
        let bytes = UploadFile(bytes: [1, 2, 3])
        #expect(bytes.name == "file" && bytes.type == "application/octet-stream" && bytes.size == 3)
    }

    @Test func whatIsNoFileToReadIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.at("pipe"), 0o600) == 0 && symlink("nowhere", folder.at("link")) == 0)
        var rows = [
            (folder.at("missing"), "No such file"), (folder.path, "not a file with an end"),
            (folder.at("pipe"), "not a file with an end"),
            ("/dev/zero", "not a file with an end"), ("", "path is empty"), (folder.at("link"), "No such file"),
            (folder.at(String(repeating: "x", count: 300)), "too long"), ("/etc/passwd/x", "Not a directory"),
        ]
        // Root reads everything.
        if geteuid() != 0 { rows.append((try folder.write("unreadable", "x", mode: 0o000), "Permission denied")) }
        for (path, why) in rows {
            let error = #expect(throws: ReplicateError.self) { try UploadFile(path: path) }
            #expect(error?.kind == .invalidInput && error?.message.contains(why) == true, "\(path): \(String(describing: error))")
        }
    }

    @Test func namesAndTypesThatCannotBe() throws {
        var file = UploadFile(bytes: [])
        #expect(throws: ReplicateError.self) { try file.setName("") }
        for type in [
            "", "x", "/", "x/", "/y", "x/y/z", "x/y\r\nA: b", "x/\u{FC}", "x/\0", "x/" + String(repeating: "y", count: 254),
        ] {
            #expect(throws: ReplicateError.self, "\(type)") { try file.setType(type) }
        }
        #expect(file.name == "file" && file.type == "application/octet-stream", "what is refused leaves the earlier one")
        try file.setType("x/" + String(repeating: "y", count: 253))
    }

    @Test(arguments: [(4, true), (5, false)])
    func whatIsTooLargeIsRefusedBeforeAnythingIsSent(_ size: Int, _ fits: Bool) async throws {
        let folder = try TemporaryFolder()
        let bytes = [UInt8](repeating: 1, count: size)
        for file in [UploadFile(bytes: bytes), try UploadFile(path: folder.write("x", bytes))] {
            let (error, sent) = try await upload(file, fits ? [.json(201, "{}")] : [], ["max_upload_bytes": "4"])
            #expect((error == nil) == fits && sent.count == (fits ? 1 : 0))
            if !fits { #expect(error?.kind == .invalidInput && error?.message.contains("max_upload_bytes") == true) }
        }
    }

    @Test func theServicesLimitIsTheDefault() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("large", "")
        #expect(truncate(path, (100 << 20) + 1) == 0)
        #expect(try await upload(UploadFile(path: path), []).0?.kind == .invalidInput)
        #expect(truncate(path, 100 << 20) == 0)
        #expect(try await upload(UploadFile(path: path), [.json(201, "{}")]).0 == nil)
    }

    @Test(
        arguments: [
            (.json(500, ""), .network, .maybeSent), (.json(503, ""), .capacity, .maybeSent),
            (.json(413, ""), .invalidInput, .rejected),
            (.json(401, ""), .auth, .rejected), (.fails(.receive, touched: true), .network, .maybeSent),
            (.fails(.timeout(.idle), touched: true), .timeout, .maybeSent),
            (.fails(.content("x"), touched: true), .invalidInput, .maybeSent),
            (.fails(.content("x"), touched: false), .invalidInput, .notSent), (.json(201, "not JSON"), .protocol, .maybeSent),
        ] as [(ScriptedNetwork.Step, ReplicateError.Kind, ReplicateError.Delivery)])
    func whatMayHaveArrivedIsSentOnce(
        _ step: ScriptedNetwork.Step, _ kind: ReplicateError.Kind, _ delivery: ReplicateError.Delivery
    ) async throws {
        let (error, sent) = try await upload(UploadFile(bytes: [1]), [step], ["max_retries": "5"])
        #expect(error?.kind == kind && error?.delivery == delivery && error?.attempts == 1 && sent.count == 1)
    }

    @Test func aTimeoutNamesTheDayThatAnUploadHas() async throws {
        let step = ScriptedNetwork.Step.fails(.timeout(.total), touched: true)
        let error = try #require(try await upload(UploadFile(bytes: [1]), [step]).0)
        #expect(error.message.contains("the total timeout of 86400000 ms"))
    }

    @Test func whatCannotHaveArrivedIsSentAgain() async throws {
        let (error, sent) = try await upload(
            UploadFile(bytes: [1, 2]),
            [.fails(.connect, touched: false), .json(429, "", [("Retry-After", "1")]), .json(201, "{}")], metadata: JSON("m"))
        #expect(error == nil && sent.count == 3)
        for request in sent.map(\.request) {
            #expect(request.url == "https://api.replicate.com/v1/files" && request.method == .post && request.body == nil)
            #expect(request.form.map(\.name) == ["content", "filename", "type", "metadata"])
            guard case .bytes([1, 2])? = request.form.first?.content else {
                Issue.record("other bytes")
                return
            }
            #expect(request.header("Content-Type") == nil && request.header("Authorization") == "Bearer \(Client.testToken)")
            #expect((request.limits.total ?? .zero) > .seconds(23 * 3600), "bytes take what they take")
        }
    }
}
