// The files of outputs on the virtual clock: nobody is told the token, data: URIs need no request, pieces come once.

import Testing

@testable import Replicate

struct OutputDownloadTests {
    private typealias Step = ScriptedNetwork.Step
    private static let url = "https://replicate.delivery/x/out.png"
    private static let secret: KeyValuePairs<String, String?> = [
        "header.X-Client": "mine", "header.Cookie": "s", "user_agent": "ua",
    ]

    private struct Run {
        let result: Result<Download, ReplicateError>
        let sent: [ScriptedNetwork.Sent]
        let pieces: [String]
        let updates: [String]

        var error: ReplicateError? { if case .failure(let error) = result { error } else { nil } }
        var bytes: [UInt8]? { (try? result.get())?.bytes }

        enum Target { case memory, pieces, file(String) }

        init(
            _ url: String, to target: Target = .memory, _ steps: [Step] = [], rest: Step? = nil,
            _ options: KeyValuePairs<String, String?> = [:],
            client settings: KeyValuePairs<String, String?> = [:]
        ) async throws {
            let network = ScriptedNetwork(steps, rest: rest)
            let client = try Client(network, settings)
            let pieces = Recorder<String>()
            let updates = Recorder<JSON>()
            let destination: OutputDestination =
                switch target {
                case .memory: .memory
                case .file(let path): .file(path: path)
                case .pieces: .pieces { bytes throws(ReplicateError) in pieces.add(String(decoding: bytes, as: UTF8.self)) }
                }
            let options = try Options(options)
            do throws(ReplicateError) {
                result = .success(try await client.downloadOutput(url, to: destination, options) { updates.add($0) })
            } catch {
                result = .failure(error)
            }
            sent = await network.sent
            self.pieces = pieces.values
            self.updates = updates.values.map(\.rawText)
            #expect(await network.openStreams == 0)
        }
    }

    @Test(arguments: [
        url, "https://api.replicate.com/v1/files/f/download", "https://API.replicate.com:443/x",
    ])
    func nobodyIsToldTheToken(_ url: String) async throws {
        let home = "https://api.replicate.com/v1/account"
        let run = try await Run(
            url,
            [
                .redirect(home), .redirect("https://cdn.example/x"), .redirect(home), .stream(503, []), .redirect(home),
                .stream(200, ["x"]),
            ],
            ["header.X-Call": "c", "header.Accept": "a/b"], client: Self.secret)
        #expect(run.bytes == [0x78] && run.sent.count == 6)
        for each in run.sent {
            #expect(each.request.headers.map(\.name) == ["User-Agent", "Accept", "Accept-Encoding"])
            #expect(each.request.headers.allSatisfy { !$0.value.contains(Client.testToken) && $0.value != "a/b" })
        }
    }

    @Test func whatItIsAndHowFarItCame() async throws {
        let run = try await Run(Self.url, [.stream(200, ["ab", "c"], [("Content-Length", "3"), ("Content-Type", "image/png")])])
        #expect(try run.bytes == Array("abc".utf8) && run.result.get().type == "image/png")
        #expect(run.updates == ["{\"received\":2,\"total\":3}", "{\"received\":3,\"total\":3}"])
    }

    @Test(arguments: [
        "", "x", "http://h/x", "ftp://h/x", "file:///etc/passwd", "https://me@h/x", "data:x", "https://h/a b", "//h/x",
    ])
    func otherURLsAreRefused(_ url: String) throws {
        let client = try Client(ScriptedNetwork([]))
        let error = try #require(throws: ReplicateError.self) { try client.check(output: url) }
        #expect(error.kind == .invalidInput && error.message.hasPrefix("url ") && error.message.count < 200)
    }

    @Test func httpIsForAnAPIThatIs() throws {
        let client = try Client(ScriptedNetwork([]), ["base_url": "http://127.0.0.1:9/v1"])
        #expect(throws: Never.self) { try client.check(output: "http://h/x") }
        #expect(throws: ReplicateError.self) { try client.check(output: "file:///x") }
        let long = String(repeating: "x", count: 20_000)
        let error = try #require(throws: ReplicateError.self) { try client.check(output: "https://h/\(long)") }
        #expect(error.message == "url has 20010 bytes; at most 16384 are taken")
    }

    @Test(arguments: [
        "http://h/x", "http://replicate.delivery/x/out.png", "ftp://h/x", "file:///etc/passwd", "data:,x", "https://me@h/", "",
    ])
    func aRedirectElsewhereIsRefused(_ location: String) async throws {
        let run = try await Run(Self.url, [.redirect(location)])
        #expect(run.error?.kind == .protocol && run.sent.count == 1)
    }

    @Test func aDataURIIsDecodedWithoutARequest() async throws {
        let folder = try TemporaryFolder()
        let uri = "data:image/png;base64,\(Array("pixels".utf8).base64)"
        let run = try await Run(uri)
        #expect(try run.bytes == Array("pixels".utf8) && run.result.get().type == "image/png" && run.sent.isEmpty)
        #expect(run.updates == ["{\"received\":6,\"total\":6}"])
        #expect(try await Run(uri, to: .pieces).pieces == ["pixels"])
        let saved = try await Run(uri, to: .file(folder.at("x.png")))
        #expect(
            try saved.result.get().size == 6 && saved.bytes == nil && folder.text("x.png") == "pixels"
                && folder.names == ["x.png"])
        let other = try await Run(uri, to: .file(folder.at("y.png")), [], ["expected_bytes": "1"])
        #expect(other.error?.message.contains("1 are expected") == true && folder.names == ["x.png"])
        let limited = try await Run(uri, to: .file(folder.at("y.png")), [], ["max_download_bytes": "5"])
        #expect(limited.error?.message.contains("max_download_bytes") == true && folder.names == ["x.png"])
        let empty = try await Run("data:,", to: .file(folder.at("z")))
        #expect(try empty.result.get().size == 0 && folder.text("z") == "")
    }

    @Test func aReaderOfADataURIHasItsDeadlineToo() async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let slow: DeliverBytes = { _ throws(ReplicateError) in
            try? await network.sleep(until: await network.now() + .seconds(2))
        }
        let url = "data:," + String(repeating: "x", count: 3 << 20)
        let options = try Options(["timeout_ms": "3000"])
        let error = await #expect(throws: ReplicateError.self) {
            try await client.downloadOutput(url, to: .pieces(slow), options)
        }
        #expect(error?.kind == .timeout)
    }

    @Test func aLongDataURIComesInPieces() async throws {
        let text = String(repeating: "0123456789ab", count: 200_000)
        for uri in ["data:,\(text)", "data:;base64,\(Array(text.utf8).base64)"] {
            let run = try await Run(uri, to: .pieces)
            #expect(run.pieces.count > 2 && run.pieces.joined() == text && run.pieces.allSatisfy { $0.utf8.count <= 1 << 20 })
        }
    }

    @Test func piecesComeAsTheyAreAndOnce() async throws {
        let validator = [("ETag", "\"v1\""), ("Content-Length", "6")]
        let run = try await Run(
            Self.url, to: .pieces,
            [.stream(200, ["ab", "c"], validator, breaks: .broken), .stream(206, ["def"], [("Content-Range", "bytes 3-5/6")])])
        #expect(run.error == nil && run.pieces == ["ab", "c", "def"])
        #expect(run.sent.map { $0.request.header("Range") } == [nil, "bytes=3-"])
    }

    @Test(
        arguments: [
            ([], [.stream(200, ["abcdef"])]), ([("ETag", "\"v1\"")], [.stream(200, ["abcdef"], [("ETag", "\"v2\"")])]),
            ([("ETag", "\"v1\"")], [.stream(416, []), .stream(200, ["abcdef"])]),
            ([("ETag", "W/\"v1\"")], [.stream(503, []), .stream(200, ["abcdef"])]),
        ] as [([(String, String)], [ScriptedNetwork.Step])])
    func noPieceComesTwiceOrFromAnotherFile(_ validator: [(String, String)], _ after: [ScriptedNetwork.Step]) async throws {
        let steps = [Step.stream(200, ["abc"], validator + [("Content-Length", "6")], breaks: .broken)] + after
        let run = try await Run(Self.url, to: .pieces, steps)
        #expect(run.error?.kind == .truncated && run.pieces == ["abc"], "\(String(describing: run.error))")
        let whole = try await Run(Self.url, steps)
        #expect(whole.bytes == Array("abcdef".utf8), "into memory it may begin anew")
    }

    @Test func beforeTheFirstPieceItMayBeginAnew() async throws {
        let run = try await Run(
            Self.url, to: .pieces, [.stream(200, [], [("Content-Length", "3")], breaks: .broken), .stream(200, ["abc"])])
        #expect(run.pieces == ["abc"])
    }
}
