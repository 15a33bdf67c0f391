// The models that take files and put files out.

import FoundationEssentials
import Replicate
import Testing

@testable import ReplicateSandbox

@Suite struct FileModelTests {
    private static let raster = Raster(
        width: 3, height: 2, channels: 4, pixels: (0..<24).map { UInt8(truncatingIfNeeded: $0 * 37) })

    private static func dataURI(_ bytes: [UInt8], type: String = "image/png") -> String {
        "data:\(type);base64,\(Data(bytes).base64EncodedString())"
    }

    @Test func theSamePromptAndSeedGiveTheSameBytes() async throws {
        try await LocalSandbox.run { sandbox in
            func draw(_ input: String) async throws -> [UInt8] {
                let path = try sandbox.path("/output", of: try await sandbox.run("draw", input))
                #expect(path.hasSuffix("/out-0.png"))
                let reply = await sandbox.call("GET", path, token: nil)
                #expect(reply.header("Content-Type") == "image/png")
                return reply.bytes
            }
            let one = try await draw(#"{"prompt":"a","seed":1,"width":40,"height":30}"#)
            let picture = try PNG.read(one)
            #expect((picture.width, picture.height) == (40, 30))
            #expect(try await draw(#"{"prompt":"a","seed":1,"width":40,"height":30,"seconds":0.1}"#) == one)
            #expect(try await draw(#"{"prompt":"a","seed":2,"width":40,"height":30}"#) != one)
            #expect(try await draw(#"{"prompt":"b","seed":1,"width":40,"height":30}"#) != one)
        }
    }

    @Test func aDrawingThatTakesItsTimeIsCanceled() async throws {
        try await LocalSandbox.run(speed: 1) { sandbox in
            let body = #"{"input":{"prompt":"a","seed":1,"seconds":600}}"#
            let id = try await sandbox.create("/v1/models/sandbox/draw/predictions", body)
            var logs = ""
            while !logs.contains("0/20") {
                logs = await sandbox.call("GET", "/v1/predictions/\(id)")["logs"]?.string ?? ""
                await Task.yield()
            }
            #expect(logs.hasPrefix("  0%|          | 0/20 ["))
            #expect(await sandbox.call("POST", "/v1/predictions/\(id)/cancel")["status"]?.string == "canceled")
        }
    }

    @Test(arguments: Raster.Operation.allCases)
    func aPictureIsChanged(operation: Raster.Operation) async throws {
        try await LocalSandbox.run { sandbox in
            let file = try PNG.file(Self.raster)
            let upload = LocalSandbox.base + (try await sandbox.upload(file))
            // By its URL, under the port's other name, and in the input itself.
            for image in [upload, upload.replacing("127.0.0.1", with: "localhost"), Self.dataURI(file)] {
                let reply = try await sandbox.run("transform", #"{"image":"\#(image)","operation":"\#(operation.rawValue)"}"#)
                let result = await sandbox.call("GET", try sandbox.path("/output", of: reply), token: nil)
                #expect(try PNG.read(result.bytes) == Self.raster.applying(operation))
            }
        }
    }

    @Test func anOutputIsAnInput() async throws {
        try await LocalSandbox.run { sandbox in
            let first = try await sandbox.run("draw", #"{"prompt":"a","seed":1,"width":5,"height":4}"#)
            let url = try #require(first["output"]?.string)
            let second = try await sandbox.run("transform", #"{"image":"\#(url)"}"#)
            let before = await sandbox.call("GET", try sandbox.path("/output", of: first))
            let after = await sandbox.call("GET", try sandbox.path("/output", of: second))
            #expect(try PNG.read(after.bytes) == PNG.read(before.bytes).applying(.invert))
        }
    }

    @Test(arguments: [
        ("data:,hello", "image is not a PNG: it does not begin like one"), ("data:image/png;base64,", "image is not a PNG: "),
        ("data:image/png;base64,iVBORw0KGgo=", "image is not a PNG: "), ("data:image/png;base64,?", "cannot be decoded"),
        ("data:nothing", "cannot be decoded"), ("data:,%4", "cannot be decoded"),
        ("https://example.com/a.png", "https://example.com/a.png is no file of this sandbox"),
        ("http://127.0.0.1:2/v1/files/x", "is no file of this sandbox"), ("http://127.0.0.1:1/v1/files/x", "is no file"),
        ("http://127.0.0.1:1/outputs/x/y.png", "is no file"), ("http://127.0.0.1:1/v1/models", "is no file"),
        ("ftp://127.0.0.1:1/v1/files/x", "is no file"), ("http://127.0.0.1:1", "is no file"),
    ])
    func badImagesFailThePrediction(image: String, message: String) async throws {
        try await LocalSandbox.run { sandbox in
            let reply = try await sandbox.run("transform", #"{"image":"\#(image)"}"#)
            #expect(reply["status"]?.string == "failed")
            #expect(reply["error"]?.string?.contains(message) == true, "\(reply.text)")
        }
    }

    @Test func filesComeOutAtAnyDepth() async throws {
        try await LocalSandbox.run { sandbox in
            let reply = try await sandbox.run("files", #"{"prompt":"p","thumbnails":3}"#)
            var sizes: [[Int]] = []
            for pointer in ["/output/image", "/output/thumbnails/0", "/output/thumbnails/1", "/output/thumbnails/2"] {
                let file = await sandbox.call("GET", try sandbox.path(pointer, of: reply), token: nil)
                let picture = try PNG.read(file.bytes)
                sizes.append([picture.width, picture.height])
            }
            #expect(sizes == [[128, 96], [64, 48], [32, 24], [16, 12]])
            let path = try sandbox.path("/output/text", of: reply)
            let text = await sandbox.call("GET", path, token: nil)
            #expect(path.hasSuffix("/out-4.txt") && text.text == "p\n")
            #expect(text.header("Content-Type") == "text/plain;charset=utf-8")
            #expect(reply[pointer: "/output/note"]?.string == "https: is not a URL here")
            let inline = try await sandbox.run("files", #"{"prompt":"p","thumbnails":1,"as":"data-uri"}"#)
            #expect(inline[pointer: "/output/text"]?.string == "data:text/plain;charset=utf-8;base64,cAo=")
            let image = try #require(inline[pointer: "/output/image"]?.string.flatMap { InputFile(dataURI: $0) })
            #expect(try PNG.read(image.content.all).width == 128 && image.type == "image/png")
        }
    }

    @Test func filesAreDescribedWhereverTheyStand() async throws {
        try await LocalSandbox.run { sandbox in
            let upload = LocalSandbox.base + (try await sandbox.upload(Array("abc".utf8), type: "text/x", name: "a\"b"))
            let reply = try await sandbox.run(
                "inspect",
                #"{"files":["\#(upload)","data:text/y;base64,YWJj"],"nested":{"k":[{"f":"data:,abc"},"text",12345678901234567]}}"#
            )
            let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            for (pointer, type) in [("/files/0", "text/x"), ("/files/1", "text/y"), ("/nested/k/0/f", "text/plain")] {
                #expect(reply[pointer: "/output\(pointer)/sha256"]?.string == sha256, "\(reply.text)")
                #expect(reply[pointer: "/output\(pointer)/type"]?.string == type)
                #expect(reply[pointer: "/output\(pointer)/size"]?.double == 3)
            }
            #expect(reply[pointer: "/output/files/0/name"]?.string == "a\"b")
            #expect(reply[pointer: "/output/files/1/name"]?.isNull == true)
            #expect(reply[pointer: "/output/nested/k/1"]?.string == "text")
            #expect(reply.text.contains("12345678901234567"))
        }
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:1/a/b", "http://127.0.0.1:1", ["a", "b"]), ("http://LOCALHOST:1/a", "http://127.0.0.1:1", ["a"]),
            ("http://127.0.0.1:1/a", "http://[::1]:1", ["a"]), ("http://127.0.0.1:2/a", "http://127.0.0.1:1", nil),
            ("http://example.com:1/a", "http://127.0.0.1:1", nil), ("https://127.0.0.1:1/a", "http://127.0.0.1:1", nil),
            ("http://u@127.0.0.1:1/a", "http://127.0.0.1:1", nil), ("http://127.0.0.1:1/a?b", "http://127.0.0.1:1", nil),
            ("http://sandbox/a", "http://sandbox", ["a"]), ("http://127.0.0.1:1/a", "", nil), ("", "", nil),
        ] as [(String, String, [String]?)])
    func ownURLs(url: String, base: String, path: [String]?) {
        #expect(InputFile.path(of: url, base: base) == path)
    }

    @Test(arguments: [
        ("data:,a%20b", "text/plain", "a b"), ("data:text/html,<p>", "text/html", "<p>"),
        ("DATA:a/b;x=y;base64,aGk=", "a/b", "hi"),
        ("data:;base64,aGk%3D", "text/plain", "hi"),
    ])
    func dataURIs(uri: String, type: String, text: String) throws {
        let file = try #require(InputFile(dataURI: uri))
        #expect(file.type == type && file.content.all.elementsEqual(text.utf8) && file.name == nil)
    }
}
