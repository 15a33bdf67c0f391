// Uploads: the multipart body, what is kept and for how long, and the links to it.

import Testing

@testable import ReplicateSandbox

@Suite struct FileTests {
    private static func form(_ body: String, boundary: String = "B") throws -> Multipart {
        try Multipart(Array(body.utf8), contentType: "multipart/form-data; boundary=\(boundary)")
    }

    private static func upload(_ content: String, name: String = "a") throws -> Multipart {
        try form("--B\r\nContent-Disposition: form-data; name=content; filename=\(name)\r\n\r\n\(content)\r\n--B--")
    }

    @Test func partsAreFound() throws {
        let form = try Self.form(
            """
            before\r\n--B\r\ncontent-disposition: form-data; name="content"; filename="a;\\"b\\".txt"\r\n\
            Content-Type: text/plain\r\n\r\nline\r\n--A\r\n--B\r\n\
            Content-Disposition: form-data; name="type"\r\n\r\nx/y\r\n--B--\r\nafter
            """)
        #expect(form["content"].map { Array($0.content) } == Array("line\r\n--A".utf8))
        #expect(form["content"]?.fileName == "a;\"b\".txt" && form["content"]?.contentType == "text/plain")
        #expect(form.text("type") == "x/y" && form["metadata"] == nil)
    }

    @Test(arguments: [
        "", "--B", "--B\r\n\r\nno head", "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nopen",
        "--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--", "--B\r\nno colon\r\n\r\nx\r\n--B--",
        "x--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B--",
        String(repeating: "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n", count: 33) + "--B--",
    ])
    func brokenBodies(body: String) {
        #expect(throws: Problem.self) { try Self.form(body) }
    }

    @Test(arguments: [
        (#"form-data; filename="a%22b.txt""#, "a\"b.txt"), (#"form-data; filename="x"; filename*=UTF-8''%C3%BC"#, "ü"),
        (#"form-data; FileName=plain"#, "plain"), (#"form-data; filename="a\\b""#, #"a\b"#), ("form-data", ""),
    ])
    func fileNames(header: String, name: String) {
        #expect(HeaderValue(header).fileName ?? "" == name)
    }

    @Test func theOldestGiveWay() async throws {
        let store = FileStore(capacity: 10)
        let first = try await store.create(Self.upload("12345"))
        let second = try await store.create(Self.upload("12345"))
        let third = try await store.create(Self.upload("1"))
        await #expect(throws: Problem.self) { try await store.file(first.id) }
        #expect(await store.page(nil, limit: 9).elements.map(\.id) == [third.id, second.id])
    }

    @Test func filesExpire() async throws {
        let store = FileStore()
        let start = Timestamp(microseconds: 1_000_000)
        let record = try await store.create(Self.upload("x"), at: start)
        #expect(record.expiresAt == start.adding(seconds: 86_400))
        _ = try await store.file(record.id, at: start.adding(seconds: 86_399))
        await #expect(throws: Problem.self) { try await store.file(record.id, at: start.adding(seconds: 86_400)) }
        #expect(await store.page(nil, limit: 9, at: start.adding(seconds: 86_400)).elements.isEmpty)
    }

    /// The first is the vector that the facts about the API were checked with.
    @Test func signatures() throws {
        let known = DownloadLink.signature(
            owner: "acme", file: "cneqzikepnug6xezperrr4z55o", expiry: 1_708_515_345,
            secret: Array("test-files-secret".utf8))
        #expect(known == "gk7rB0uU68Q+Kmy6rI5j2X1wByLaS7TlXLQcNw3wfzg=")
        let secret = Array("s".utf8)
        let good = DownloadLink.signature(owner: "sandbox", file: "f", expiry: 100, secret: secret)
        func status(_ file: String, _ expiry: Int64, _ signature: String, at second: Int64) -> Int {
            do throws(Problem) {
                let link = DownloadLink(owner: "sandbox", expiry: expiry, signature: signature)
                try link.check(file: file, secret: secret, at: Timestamp(microseconds: second * 1_000_000))
                return 200
            } catch {
                return error.status
            }
        }
        #expect(status("f", 100, good, at: 99) == 200 && status("f", 100, good, at: 100) == 403)
        #expect(status("g", 100, good, at: 99) == 403 && status("f", 101, good, at: 99) == 403)
        #expect(status("f", 100, "", at: 99) == 403 && status("f", 100, "?", at: 99) == 403)
    }

    @Test func aLinkGivesTheBytesWithoutAToken() async throws {
        try await LocalSandbox.run(filesSecret: "s") { sandbox in
            let body = "--B\r\nContent-Disposition: form-data; name=content\r\n\r\nhello\r\n--B--"
            let id = try await sandbox.create("/v1/files", body, type: "multipart/form-data; boundary=B")
            let signature = DownloadLink.signature(
                owner: "sandbox", file: id, expiry: 9_999_999_999, secret: Array("s".utf8))
            let query = "owner=sandbox&expiry=9999999999&signature=\(percentEncoded(signature))"
            let reply = await sandbox.call("GET", "/v1/files/\(id)/download?\(query)", token: nil)
            #expect(reply.status == 200 && reply.text == "hello")
            #expect(reply.header("Content-Type") == "application/octet-stream")
            #expect(await sandbox.call("GET", "/v1/files/\(id)", token: nil).status == 401)
        }
    }
}
