// Uploads: the multipart body, what is kept and for how long, and the links to it.

import Replicate
import Synchronization
import Testing

@testable import ReplicateSandbox

@Suite struct FileTests {
    private static func form(_ body: String, boundary: String = "B") throws -> Multipart {
        try Multipart(Array(body.utf8), contentType: "multipart/form-data; boundary=\(boundary)")
    }

    private static func upload(_ content: String, limit: Int = 100) async throws -> Upload {
        let head = "--B\r\nContent-Disposition: form-data; name=content; filename=a\r\n\r\n"
        return try await Upload(form("\(head)\(content)\r\n--B--"), limit: limit)
    }

    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let microseconds = Atomic<Int64>(1_000_000)

        var now: Timestamp { Timestamp(microseconds: microseconds.load(ordering: .relaxed)) }
        func pass(seconds: Int) { microseconds.add(Int64(seconds) * 1_000_000, ordering: .relaxed) }
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
        let store = FileStore(limit: 10, capacity: 10)
        let first = await store.create(try await Self.upload("12345"))
        let second = await store.create(try await Self.upload("12345"))
        let third = await store.create(try await Self.upload("1"))
        await #expect(throws: Problem.self) { try await store.file(first.id) }
        #expect(await store.page(nil, limit: 9).elements.map(\.id) == [third.id, second.id])
    }

    @Test func filesExpire() async throws {
        let clock = Clock()
        try await LocalSandbox.run(filesSecret: "s", now: { clock.now }) { sandbox in
            let path = try await sandbox.upload(Array("x".utf8))
            let id = try #require(path.split(separator: "/").last.map(String.init))
            let signature = DownloadLink.signature(
                owner: "sandbox", file: id, expiry: 9_999_999_999, secret: Array("s".utf8))
            let link = "\(path)/download?owner=sandbox&expiry=9999999999&signature=\(percentEncoded(signature))"
            let record = await sandbox.call("GET", path)
            #expect(record["created_at"]?.string == "1970-01-01T00:00:01.000000Z", "\(record.text)")
            #expect(record["expires_at"]?.string == "1970-01-02T00:00:01.000000Z")
            let input = #"{"file":"\#(LocalSandbox.base)\#(path)"}"#
            clock.pass(seconds: 86_399)
            #expect(await sandbox.call("GET", path).status == 200)
            #expect(await sandbox.call("GET", link).text == "x")
            #expect(try await sandbox.run("inspect", input)["status"]?.string == "succeeded")
            clock.pass(seconds: 1)
            for gone in [path, link] {
                let reply = await sandbox.call("GET", gone)
                #expect(reply.status == 404 && reply["detail"]?.string == "File not found")
            }
            #expect(await sandbox.call("DELETE", path).status == 404)
            #expect(await sandbox.call("GET", "/v1/files").results("id") == [])
            #expect(try await sandbox.run("inspect", input)["status"]?.string == "failed")
        }
    }

    @Test func theLimitIsSaidInItsRefusal() async throws {
        _ = try await Self.upload("12345", limit: 5)
        for (limit, words) in [(5, "0MB"), (100 << 20, "100MB")] {
            #expect(Problem.fileTooLarge(limit: limit).detail == "Files must be less than \(words) in size")
        }
        await #expect(throws: Problem.self) { try await Self.upload("123456", limit: 5) }
    }

    @Test func aRecordSaysEverything() async throws {
        try await LocalSandbox.run { sandbox in
            let path = try await sandbox.upload(Array("abc".utf8), type: "text/x", name: "n.x")
            let record = await sandbox.call("GET", path)
            let expected = [
                "/name": "n.x", "/content_type": "text/x", "/etag": "900150983cd24fb0d6963f7d28e17f72",
                "/checksums/md5": "900150983cd24fb0d6963f7d28e17f72", "/urls/get": LocalSandbox.base + path,
                "/checksums/sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ]
            for (pointer, value) in expected { #expect(record[pointer: pointer]?.string == value) }
            #expect(record["size"]?.double == 3 && record["metadata"]?.kind == .object)
        }
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
