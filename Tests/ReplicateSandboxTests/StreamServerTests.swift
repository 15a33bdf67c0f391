// Streams over a true connection: whole and in order, resumed, dropped, cancelled, and left by their readers.

import FlyingSocks
import Glibc
import Replicate
import Testing

@testable import ReplicateSandbox

@Suite(.serialized, .timeLimit(.minutes(10))) struct StreamServerTests {
    private static let short = #"{"prompt":"of dragons","seed":5,"max_tokens":60,"tokens_per_second":2000}"#
    private static let endless = #"{"prompt":"x","seed":5,"max_tokens":1000000,"tokens_per_second":100}"#

    private static func text(_ events: [StreamEvent]) -> String { events.filter { $0.name == "output" }.map(\.data).joined() }

    @Test func aStreamIsWholeAndInOrder() async throws {
        try await RunningSandbox.run { sandbox in
            let paths = try await sandbox.create("meta/meta-llama-3-8b-instruct", Self.short)
            var stream = try await sandbox.open(paths.stream)
            #expect(stream.head.status == 200 && stream.head.headers["content-type"] == "text/event-stream")
            #expect(stream.head.headers["access-control-allow-origin"] == "*")
            #expect(stream.head.headers["cache-control"] == "no-store")
            let (events, isComplete) = try await stream.rest()
            #expect(isComplete && stream.comments.first == "hi")
            let seconds = try #require(events.first?.id.split(separator: ":").first)
            #expect(events.map(\.id) == events.indices.map { "\(seconds):\($0)" })
            #expect(events.map(\.name) == ["logs"] + Array(repeating: "output", count: 60) + ["done"])
            #expect(events.last?.data == "{}" && events.contains { $0.data == "\n\n" })
            let prediction = try await sandbox.call("GET", paths.get)
            #expect(prediction["output"]?.elements.compactMap(\.string) == events.dropFirst().dropLast().map(\.data))
            #expect(prediction["logs"]?.string == events.first?.data)
        }
    }

    @Test func itGoesOnBehindEveryEvent() async throws {
        try await RunningSandbox.run { sandbox in
            let paths = try await sandbox.create("sandbox/story", Self.short)
            var stream = try await sandbox.open(paths.stream)
            let all = try await stream.rest().events
            for (index, event) in all.enumerated() {
                var resumed = try await sandbox.open(paths.stream, after: event.id)
                let (events, isComplete) = try await resumed.rest()
                #expect(events == Array(all[(index + 1)...]) && isComplete)
            }
            for unknown in ["", "x", "1:1", "\(all[0].id)9"] {
                var whole = try await sandbox.open(paths.stream, after: unknown)
                #expect(try await whole.rest().events == all, "\(unknown)")
            }
        }
    }

    @Test(arguments: [1, 7, 62, 63])
    func aDroppedStreamIsReadByResuming(limit: Int) async throws {
        try await RunningSandbox.run { sandbox in
            let header = "X-Sandbox-Drop-Stream-After: \(limit)"
            let paths = try await sandbox.create("sandbox/story", Self.short, headers: [header])
            var all: [StreamEvent] = []
            var isComplete = false
            while !isComplete {
                var stream = try await sandbox.open(paths.stream, after: all.last?.id)
                let part = try await stream.rest()
                try #require(part.events.count == limit || part.isComplete)
                isComplete = part.isComplete
                all += part.events
            }
            #expect(all.map(\.name) == ["logs"] + Array(repeating: "output", count: 60) + ["done"])
            var again = try await sandbox.open(paths.stream)
            #expect(try await again.rest().events == Array(all.prefix(limit)))
            let output = try await sandbox.call("GET", paths.get)["output"]?.elements.compactMap(\.string)
            #expect(output?.joined() == Self.text(all))
        }
    }

    @Test func twoReadersGetTheSame() async throws {
        try await RunningSandbox.run { sandbox in
            let input = #"{"prompt":"x","seed":5,"max_tokens":5000,"tokens_per_second":20000}"#
            let paths = try await sandbox.create("sandbox/story", input)
            var first = try await sandbox.open(paths.stream)
            _ = try await first.next()
            async let other = {
                var second = try await sandbox.open(paths.stream)
                return try await second.rest()
            }()
            let mine = try await first.rest()
            let theirs = try await other
            #expect(mine.isComplete && theirs.isComplete && theirs.events.count == 5002)
            #expect(theirs.events.dropFirst() == mine.events[...])
        }
    }

    @Test func aFailureIsAnErrorAndThenTheEnd() async throws {
        try await RunningSandbox.run { sandbox in
            let paths = try await sandbox.create("sandbox/story", #"{"prompt":"x","seed":1,"fail_after_tokens":3}"#)
            var stream = try await sandbox.open(paths.stream)
            let events = try await stream.rest().events
            #expect(events.map(\.name) == ["logs", "output", "output", "output", "error", "done"])
            #expect(
                events.suffix(2).map(\.data) == [
                    #"{"detail":"The story broke off after 3 tokens."}"#, #"{"reason":"error"}"#,
                ])
            #expect(try await sandbox.call("GET", paths.get)["status"]?.string == "failed")
        }
    }

    @Test func aCancelEndsTheStream() async throws {
        try await RunningSandbox.run { sandbox in
            let paths = try await sandbox.create("sandbox/story", Self.endless)
            var stream = try await sandbox.open(paths.stream)
            while let event = try await stream.next(), event.name != "output" {}
            _ = try await sandbox.call("POST", paths.get + "/cancel")
            let (events, isComplete) = try await stream.rest()
            #expect(isComplete && events.last?.name == "done" && events.last?.data == #"{"reason":"canceled"}"#)
        }
    }

    @Test func aStreamOfFilesTellsTheirURLs() async throws {
        try await RunningSandbox.run { sandbox in
            let input = #"{"prompt":"x","number_of_outputs":3}"#
            let paths = try await sandbox.create("fofr/consistent-character", input, headers: ["Prefer: wait"])
            var stream = try await sandbox.open(paths.stream)
            let events = try await stream.rest().events
            let urls = events.filter { $0.name == "output" }.map(\.data)
            let prediction = try await sandbox.call("GET", paths.get)
            #expect(urls.count == 3 && prediction["output"]?.elements.compactMap(\.string) == urls)
            #expect(urls.allSatisfy { $0.hasPrefix("http://127.0.0.1:\(sandbox.port)/outputs/") && $0.hasSuffix(".png") })
        }
    }

    @Test func whoIsNotKnownReadsToo() async throws {
        try await RunningSandbox.run { sandbox in
            let paths = try await sandbox.create("sandbox/story", Self.short)
            for path in [String(paths.stream.dropLast()), paths.stream + "a", "/v1/streams/", "/v1/files/stream-x"] {
                let stream = try await sandbox.open(path)
                #expect(stream.head.status == 404 && stream.head.headers["access-control-allow-origin"] == "*")
                stream.connection.close()
            }
            for (method, status) in [("OPTIONS", 204), ("POST", 405)] {
                var connection = try await sandbox.connect()
                try await connection.send(method, paths.stream, ["Origin: http://example.org"])
                let head = try await connection.readHead()
                #expect(head.status == status)
                if status == 204 { #expect(head.headers["access-control-allow-headers"]?.contains("Last-Event-ID") == true) }
                connection.close()
            }
        }
    }

    @Test func aSilentStreamShowsThatItLives() async throws {
        try await RunningSandbox.run(keepAliveSeconds: 0.05) { sandbox in
            let input = #"{"prompt":"x","seed":1,"max_tokens":2,"tokens_per_second":0.0001}"#
            var stream = try await sandbox.open(try await sandbox.create("sandbox/story", input).stream)
            try await stream.awaitComments(3)
            #expect(stream.comments == ["hi", "", ""])
            stream.connection.close()
        }
    }

    /// The server runs in this process, so its end of the connection is one of this process's files until it is closed.
    @Test func aReaderThatGoesAwayLeavesNothing() async throws {
        try await RunningSandbox.run(keepAliveSeconds: 0.05) { sandbox in
            let input = #"{"prompt":"x","seed":1,"max_tokens":2,"tokens_per_second":0.0001}"#
            let paths = try await sandbox.create("sandbox/story", input)
            var stream = try await sandbox.open(paths.stream)
            while let event = try await stream.next(), event.name != "output" {}
            let file = try #require(try Self.serverEnd(of: stream.connection))
            let socket = Self.target(of: file)
            stream.connection.close()
            while Self.target(of: file) == socket { try await Task.sleep(for: .milliseconds(10)) }
            let id = String(paths.get.split(separator: "/").last ?? "")
            // The run itself waits for the end.
            while await sandbox.services.predictions.waiterCount(id) > 1 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await sandbox.call("GET", paths.get)["status"]?.string == "processing")
        }
    }

    private static func serverEnd(of connection: Connection) throws -> Int32? {
        let own = try connection.socket.socket.sockname()
        return (0..<4096).first { file in
            let peer = try? Socket(file: .init(rawValue: file)).remotePeer()
            return peer.map { $0 == own } ?? false
        }
    }

    /// `socket:[12345]`
    private static func target(of file: Int32) -> [UInt8] {
        var name = [UInt8](repeating: 0, count: 64)
        let count = readlink("/proc/self/fd/\(file)", &name, name.count)
        return Array(name.prefix(max(count, 0)))
    }

    /// What it does not read waits in the prediction, which goes on meanwhile.
    @Test func aSlowReaderHoldsNothingUp() async throws {
        try await RunningSandbox.run { sandbox in
            let input = #"{"prompt":"x","seed":1,"max_tokens":200000,"tokens_per_second":0}"#
            let paths = try await sandbox.create("sandbox/story", input)
            var stream = try await sandbox.open(paths.stream)
            let id = String(paths.get.split(separator: "/").last ?? "")
            #expect(await sandbox.services.predictions.ended(id, within: 60)?.status == .succeeded)
            var end: [UInt8] = []
            while let chunk = try await stream.connection.readChunk() { end = (end + chunk).suffix(200) }
            let events = String(decoding: end, as: UTF8.self)
            #expect(events.contains(":200000\n") && events.hasSuffix(":200001\ndata: {}\n\n"))
            stream.connection.close()
        }
    }
}
