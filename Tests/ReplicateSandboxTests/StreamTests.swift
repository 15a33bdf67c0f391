// Streams without a network: how events are written and found again, and what a prediction shows while it streams.

import Replicate
import Testing

@testable import ReplicateSandbox

@Suite(.timeLimit(.minutes(10))) struct StreamTests {
    @Test(arguments: [
        ("plain", "plain"), (" with space", " with space"), ("  two", "  two"), ("a\nb", "a\nb"), ("a\r\nb\rc", "a\nb\nc"),
        ("\n\n", "\n\n"), ("a\n", "a\n"), ("\r\n\r", "\n\n"), ("data: x\nid: 7", "data: x\nid: 7"), (":", ":"), ("", ""),
        ("line\u{2028}separator", "line\u{2028}separator"), ("Grüße 🦊", "Grüße 🦊"),
    ])
    func aReaderGetsTheData(data: String, read: String) {
        var text: [UInt8] = []
        text.add(event: "output", id: "1:2", data: data.utf8)
        var parser = StreamParser()
        #expect(text.reduce(into: []) { $0 += parser.feed([$1]) } == [StreamEvent(name: "output", id: "1:2", data: read)])
    }

    private static func stream() -> PredictionStream {
        var stream = PredictionStream(.text, createdAt: Timestamp(microseconds: 7_999_999), dropAfter: nil)
        stream.add(["a", "", "\"b\"\n"])
        stream.add(logs: "hm\n")
        stream.add(["c"])
        stream.end(.succeeded, error: nil)
        return stream
    }

    @Test(arguments: [
        (nil, 0), ("", 0), ("7:0", 1), ("7:4", 5), ("7:5", 0), ("8:0", 0), ("7:-1", 0), ("7:00", 0), ("7", 0), ("7:1:1", 0),
    ])
    func whereItGoesOn(id: String?, position: Int) {
        #expect(Self.stream().position(after: id) == position)
    }

    @Test func outputIsAnArrayOfTheChunks() throws {
        let output = try #require(Self.stream().output(folder: "", isInline: false))
        #expect(try JSON(validating: output).elements.map(\.string) == ["a", "\"b\"\n", "c"])
        let empty = PredictionStream(.text, createdAt: Timestamp(microseconds: 0), dropAfter: nil)
        #expect(empty.output(folder: "", isInline: false) == nil)
    }

    @Test func batchesHaveBothBounds() {
        let stream = Self.stream()
        let first = stream.batch(from: 0, limit: 2, bytes: .max, folder: "")
        #expect(first.count == 2 && !first.isLast)
        let second = stream.batch(from: 2, limit: .max, bytes: 1, folder: "")
        #expect(second.count == 1 && !second.isLast)
        let rest = stream.batch(from: 3, limit: .max, bytes: .max, folder: "")
        #expect(rest.count == 2 && rest.isLast)
        #expect(first.text + second.text + rest.text == stream.batch(from: 0, limit: .max, bytes: .max, folder: "").text)
    }

    @Test func aStoryDependsOnItsPromptAndSeedAlone() {
        func tell(_ prompt: String, _ seed: String) -> [String] {
            var teller = StoryTeller(prompt: prompt, seed: seed)
            return (0..<2000).map { _ in teller.next() }
        }
        let story = tell("about dragons", "1")
        #expect(story == tell("about dragons", "1") && story != tell("about dragons", "2") && story != tell("x", "1"))
        #expect(!story.contains("") && story.contains("\n\n") && story.contains(" dragons"))
        #expect(!story.joined().contains("  ") && !story.joined().contains("\n "))
    }

    @Test(arguments: [
        ("sandbox/story", "/v1/streams/"), ("meta/meta-llama-3-8b-instruct", "/v1/streams/"),
        ("fofr/consistent-character", "/v1/files/stream-"), ("replicate/hello-world", nil), ("sandbox/slow", nil),
    ])
    func onlyModelsThatStreamSaySo(model: String, path: String?) async throws {
        try await LocalSandbox.run { sandbox in
            let body = #"{"input":{"prompt":"x"}}"#
            let input = ["replicate/hello-world": #"{"input":{"text":"x"}}"#, "sandbox/slow": #"{"input":{}}"#][model] ?? body
            let reply = await sandbox.call("POST", "/v1/models/\(model)/predictions", input)
            let url = reply[pointer: "/urls/stream"]?.string
            #expect(url?.hasPrefix(LocalSandbox.base + (path ?? "")) == path.map { _ in true })
            let id = try #require(reply["id"]?.string)
            if let url { #expect(url.utf8.count > (LocalSandbox.base + (path ?? "") + id).utf8.count + 20) }
        }
    }

    @Test func outputGrowsWhileItStreams() async throws {
        try await LocalSandbox.run(speed: 1) { sandbox in
            let input = #"{"input":{"prompt":"x","seed":1,"max_tokens":1000000,"tokens_per_second":100}}"#
            let id = try await sandbox.create("/v1/models/sandbox/story/predictions", input)
            var seen: [Int] = []
            for _ in 1...2 {
                let next = (seen.last ?? 1) + 1  // one event is a log
                let store = sandbox.services.predictions
                while await store.events(id, from: next, limit: 1, bytes: 1, folder: "", within: 1)?.count == 0 {}
                let reply = await sandbox.call("GET", "/v1/predictions/\(id)")
                #expect(reply["status"]?.string == "processing")
                seen.append(reply["output"]?.elements.count ?? 0)
            }
            #expect(seen[0] >= 2 && seen[1] > seen[0], "\(seen)")
            let reply = await sandbox.call("POST", "/v1/predictions/\(id)/cancel")
            #expect(reply["status"]?.string == "canceled" && (reply["output"]?.elements.count ?? 0) >= seen[1])
        }
    }

    @Test func whatItMeasured() async throws {
        try await LocalSandbox.run { sandbox in
            let input = #"{"input":{"prompt":"one two three","max_tokens":17,"seed":1,"tokens_per_second":0}}"#
            let reply = await sandbox.call("POST", "/v1/models/sandbox/story/predictions", input, prefer: "wait")
            #expect(reply["status"]?.string == "succeeded" && reply["output"]?.elements.count == 17)
            #expect(reply[pointer: "/metrics/input_token_count"]?.integer == 3)
            #expect(reply[pointer: "/metrics/output_token_count"]?.integer == 17)
            #expect(reply[pointer: "/metrics/tokens_per_second"]?.double ?? 0 > 0)
            #expect(reply[pointer: "/metrics/time_to_first_token"]?.double ?? -1 >= 0)
            let again = await sandbox.call("POST", "/v1/models/sandbox/story/predictions", input, prefer: "wait")
            #expect(again["output"]?.elements.map(\.string) == reply["output"]?.elements.map(\.string))
        }
    }

    @Test(arguments: ["0", "-1", "x", "", "1.5"])
    func aWrongDropIsRefused(text: String) {
        #expect(throws: SchemaViolation.self) { try DropStreamAfter.parse(text) }
    }
}
