// A form on the wire: its parts as they were given, and nothing in a part's head that would end it.

import Testing

@testable import Replicate

@Suite(.timeLimit(.minutes(10)))
struct FormTests {
    private static let ok: LoopbackServer.Script = { [.send(LoopbackServer.answer("ok"), to: $0.connection)] }

    private func sent(_ parts: [FormPart]) async throws -> FormBody {
        let (server, network) = (try LoopbackServer(Self.ok), try CurlNetwork(connectionsPerHost: 1))
        defer { network.thread.stop() }
        var request = HTTPRequest(method: .post, url: server.base + "/files")
        request.form = parts
        _ = try await network.send(request)
        return try #require(FormBody(server.requests.values[0]))
    }

    @Test func aFileGoesOutWithItsNameItsTypeAndItsMetadata() async throws {
        var file = UploadFile(bytes: Array("a\0b\r\n--c".utf8))
        try file.setName("fox.png")
        let form = try await sent(file.parts(metadata: JSON(validating: "{\"n\":1.0}")))
        #expect(form.parts.count == 4)
        #expect(
            form.parts.map(\.lines) == [
                ["Content-Disposition: form-data; name=\"content\"; filename=\"fox.png\"", "Content-Type: image/png"],
                ["Content-Disposition: form-data; name=\"filename\""],
                ["Content-Disposition: form-data; name=\"type\""],
                ["Content-Disposition: form-data; name=\"metadata\"", "Content-Type: application/json"],
            ])
        #expect(form["content"]?.body == Array("a\0b\r\n--c".utf8))
        #expect(form["filename"]?.text == "fox.png")
        #expect(form["type"]?.text == "image/png")
        #expect(form["metadata"]?.text == "{\"n\":1.0}")
    }

    @Test func anEmptyFileWithoutMetadata() async throws {
        let form = try await sent(UploadFile(bytes: []).parts(metadata: nil))
        #expect(form["content"]?.body == [] && form["content"]?.header("Content-Type") == "application/octet-stream")
        #expect(form["filename"]?.text == "file" && form["metadata"]?.text == "{}")
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 5_000_001])
    func aFileOnDiskIsSentWithItsBytes(_ size: Int) async throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: UInt64(size))
        let bytes = generator.bytes(size)
        let file = try UploadFile(path: folder.write("clip.mp4", bytes))
        #expect(file.size == Int64(size))
        let form = try await sent(file.parts(metadata: nil))
        #expect(form["content"]?.body == bytes)
        #expect(form["filename"]?.text == "clip.mp4" && form["type"]?.text == "video/mp4")
    }

    @Test(arguments: [
        ("a\"b.png", "a_b.png"), ("a\r\nX-Evil: 1.png", "a__X-Evil: 1.png"), ("../../etc/passwd", ".._.._etc_passwd"),
        ("..\\c:\\x", ".._c:_x"), ("a\0b", "a_b"), ("..", "file"), (".", "file"), ("Füchse 🦊.png", "Füchse 🦊.png"),
        ("%22%0d%0a", "%22%0d%0a"), ("a;b=c, \t'd'", "a;b=c, _'d'"), ("\u{85}\u{7F}\u{1B}[31m", "___[31m"),
        (String(repeating: "ü", count: 150) + ".jpeg", String(repeating: "ü", count: 125) + ".jpeg"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 255)),
    ])
    func noNameLeavesItsPlace(_ name: String, _ expected: String) async throws {
        var file = UploadFile(bytes: [1])
        try file.setName(name)
        let form = try await sent(file.parts(metadata: nil))
        let content = try #require(form["content"])
        #expect(content.lines.count == 2 && form.parts.count == 4)
        #expect(content.lines[0] == "Content-Disposition: form-data; name=\"content\"; filename=\"\(expected)\"")
        #expect(form["filename"]?.text == expected && expected.utf8.count <= 255)
    }

    @Test func aHandleThatSentAFormSendsTheNextRequestsAsTheyAre() async throws {
        try await withLoopback(connectionsPerHost: 1, Self.ok) { server, network in
            var form = HTTPRequest(method: .post, url: server.base + "/files")
            form.headers = [("Authorization", "Bearer x")]
            form.form = UploadFile(bytes: [1, 2]).parts(metadata: nil)
            var json = HTTPRequest(method: .post, url: server.base + "/json", body: Array("{}".utf8))
            json.headers = [("Content-Type", "application/json")]
            let requests = [
                form, HTTPRequest(method: .get, url: server.base + "/get"), json, form,
                HTTPRequest(method: .delete, url: server.base + "/delete"), form, json,
                HTTPRequest(method: .post, url: server.base + "/empty"),
            ]
            for request in requests { _ = try await network.send(request) }
            #expect(try await network.fetched(server.base + "/stream").0.status == 200)
            let seen = server.requests.values
            #expect(Set(seen.map(\.connection)) == [1])
            #expect(
                seen.map { "\($0.method) \($0.path)" } == [
                    "POST /files", "GET /get", "POST /json", "POST /files", "DELETE /delete", "POST /files", "POST /json",
                    "POST /empty", "GET /stream",
                ])
            for request in seen where request.path == "/files" {
                #expect(FormBody(request)?["content"]?.body == [1, 2])
                #expect(request.head.contains("\r\nAuthorization: Bearer x\r\n") && !request.head.contains("Expect"))
            }
            for request in seen where request.path == "/json" {
                #expect(request.head.contains("\r\nContent-Type: application/json\r\n") && request.body == Array("{}".utf8))
                #expect(!request.head.contains("multipart") && !request.head.contains("Authorization"))
            }
            for request in seen where ["/get", "/delete", "/stream", "/empty"].contains(request.path) {
                #expect(!request.head.contains("Content-Type") && request.body.isEmpty)
                #expect(!request.head.contains("Authorization"))
            }
            #expect(Set(seen.compactMap { FormBody($0)?.boundary }).count == 3, "no boundary is used twice")
        }
    }

    @Test func aClientsOwnContentTypeIsNotThatOfAForm() async throws {
        let server = try LoopbackServer { [.send(LoopbackServer.answer("{}", status: 201), to: $0.connection)] }
        let options = try Options(["auth": Client.testToken, "base_url": server.base, "header.content-type": "application/json"])
        let runner = try NetworkRunner(Configuration(options: options, environment: { _ in nil }))
        await runner.start { client in _ = try? await client.upload(UploadFile(bytes: [1]), Options()) }?.value
        #expect(try #require(server.requests.values.first.map { FormBody($0) })?["content"]?.body == [1])
    }
}
