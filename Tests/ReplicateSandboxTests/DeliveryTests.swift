// Files on their way out: parts of them, what a client has already, and files that are made while they are sent.

import Replicate
import Testing

@testable import ReplicateSandbox

@Suite struct DeliveryTests {
    @Test(
        arguments: [
            (nil, nil, .whole), ("bytes=0-0", nil, .part(0..<1)), ("bytes=2-5", nil, .part(2..<6)),
            ("bytes=7-", nil, .part(7..<10)),
            ("bytes=-3", nil, .part(7..<10)), ("bytes=-99", nil, .part(0..<10)), ("bytes=5-99", nil, .part(5..<10)),
            ("Bytes = 1-2 ", nil, .part(1..<3)), ("bytes=0-99999999999999999999", nil, .part(0..<10)),
            ("bytes=10-", nil, .unsatisfiable), ("bytes=10-12", nil, .unsatisfiable), ("bytes=-0", nil, .unsatisfiable),
            ("bytes=99999999999999999999-", nil, .unsatisfiable), ("bytes=5-2", nil, .whole), ("bytes=-", nil, .whole),
            ("bytes=1-2,4-5", nil, .whole), ("bytes=a-b", nil, .whole), ("bytes=--1", nil, .whole), ("lines=1-2", nil, .whole),
            ("bytes", nil, .whole), ("", nil, .whole), ("bytes=+1-2", nil, .whole),
            ("bytes=2-5", "\"e\"", .part(2..<6)), ("bytes=2-5", "\"f\"", .whole), ("bytes=2-5", "W/\"e\"", .whole),
            ("bytes=2-5", "Sat, 21 Nov 2026 12:00:00 GMT", .whole), ("bytes=10-", "\"f\"", .whole),
        ] as [(String?, String?, ByteRange)])
    func ranges(header: String?, condition: String?, expected: ByteRange) {
        #expect(ByteRange.find(header, condition: condition, etag: "\"e\"", count: 10) == expected)
    }

    @Test func nothingHasNoParts() {
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            #expect(ByteRange.find(header, condition: nil, etag: "\"e\"", count: 0) == .unsatisfiable)
        }
    }

    @Test func linesSayWhereTheyStand() {
        let content = FileContent.lines(100)
        #expect(content.all.count == 100 && content.weight == 0)
        #expect(content.part(0..<32).elementsEqual("000000000000000\n000000000000010\n".utf8))
        let all = Array(content.all)
        for start in 0...100 {
            for end in start...100 { #expect(content.part(start..<end).elementsEqual(all[start..<end])) }
        }
        #expect(content.part(90..<1000).count == 10 && content.part(200..<300).isEmpty)
        let late = FileContent.lines(1 << 30).part(((1 << 30) - 16)..<(1 << 30))
        #expect(late.elementsEqual("00000003ffffff0\n".utf8))
        let bytes = FileContent.bytes([9, 1, 2, 3].dropFirst())
        #expect(Array(bytes.part(1..<9)) == [2, 3] && bytes.count == 3)
    }

    /// In pieces, as of one text.
    @Test func digestsAreOfEverything() async {
        let content = FileContent.lines((2 << 20) + 5)
        #expect(await content.digests() == FileContent.bytes(content.all).digests())
        #expect(await FileContent.bytes([]).digests().md5 == "d41d8cd98f00b204e9800998ecf8427e")
    }

    /// By anybody who has the URL: outputs are public links.
    @Test func outputsAnswerWithoutAToken() async throws {
        try await LocalSandbox.run { sandbox in
            let path = try sandbox.path("/output", of: try await sandbox.run("bytes", #"{"size":40}"#))
            #expect(path.hasSuffix("/out-0.bin"))
            func get(_ method: String, range: String? = nil, ifRange: String? = nil, known: String? = nil) async -> Reply {
                await sandbox.call(method, path, token: nil, range: range, ifRange: ifRange, ifNoneMatch: known)
            }
            let whole = await get("GET")
            #expect(whole.status == 200 && whole.text == "000000000000000\n000000000000010\n00000000")
            #expect(whole.header("Content-Type") == "application/octet-stream")
            #expect(whole.header("Accept-Ranges") == "bytes")
            let etag = try #require(whole.header("ETag"))
            #expect(etag.hasPrefix("\"") && etag.hasSuffix("\""))
            let part = await get("GET", range: "bytes=13-16", ifRange: etag)
            #expect(part.status == 206 && part.text == "00\n0" && part.header("Content-Range") == "bytes 13-16/40")
            #expect(part.header("ETag") == etag && part.header("Content-Type") == "application/octet-stream")
            #expect(await get("GET", range: "bytes=13-16", ifRange: "\"x\"").status == 200)
            let beyond = await get("GET", range: "bytes=40-")
            #expect(beyond.status == 416 && beyond.header("Content-Range") == "bytes */40" && beyond.bytes.isEmpty)
            let known = await get("GET", known: "\"x\", \(etag)")
            #expect(known.status == 304 && known.bytes.isEmpty && known.header("ETag") == etag)
            #expect(await get("HEAD", range: "bytes=1-2").status == 200)
            #expect(await get("POST").status == 404)
        }
    }

    @Test func signedLinksHaveRangesToo() async throws {
        try await LocalSandbox.run(filesSecret: "s") { sandbox in
            let path = try await sandbox.upload(Array("hello".utf8))
            let id = try #require(path.split(separator: "/").last.map(String.init))
            let signature = DownloadLink.signature(owner: "sandbox", file: id, expiry: 9_999_999_999, secret: Array("s".utf8))
            let link = "\(path)/download?owner=sandbox&expiry=9999999999&signature=\(percentEncoded(signature))"
            let reply = await sandbox.call("GET", link, token: nil, range: "bytes=-2")
            #expect(reply.status == 206 && reply.text == "lo" && reply.header("ETag") == "\"5d41402abc4b2a76b9719d911017c592\"")
        }
    }

    /// Over a connection: the length, what HEAD leaves out, and a long file whose parts all are where they belong.
    @Test func filesGoOutInPieces() async throws {
        try await RunningSandbox.run { sandbox in
            let size = 1_000_003
            let paths = try await sandbox.create("sandbox/bytes", #"{"size":\#(size)}"#, streams: false)
            var prediction = try await sandbox.call("GET", paths.get)
            while prediction["status"]?.string != "succeeded" { prediction = try await sandbox.call("GET", paths.get) }
            let url = try #require(prediction["output"]?.string)
            let path = String(url.dropFirst("http://127.0.0.1:\(sandbox.port)".utf8.count))
            var connection = try await sandbox.connect()
            defer { connection.close() }
            try await connection.send("HEAD", path)
            var head = try await connection.readHead()
            #expect(head.status == 200 && head.headers["content-length"] == "\(size)")
            try await connection.send("GET", path, ["Range: bytes=999990-"])
            head = try await connection.readHead()
            #expect(head.status == 206 && head.headers["content-range"] == "bytes 999990-1000002/1000003")
            #expect(try await connection.read(13) == Array(FileContent.lines(size).part(999_990..<size)))
            try await connection.send("GET", path)
            head = try await connection.readHead()
            #expect(head.headers["content-length"] == "\(size)" && head.headers["transfer-encoding"] == nil)
            #expect(try await connection.read(size) == Array(FileContent.lines(size).all))
            try await connection.send("GET", path, ["If-None-Match: \(try #require(head.headers["etag"]))"])
            #expect(try await connection.readHead().status == 304)
        }
    }
}
