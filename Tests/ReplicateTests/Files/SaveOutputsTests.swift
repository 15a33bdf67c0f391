// All files of an output into a folder: which are saved, under which names, and what is there when one of them fails.

import Glibc
import Testing

@testable import Replicate

struct SaveOutputsTests {
    private typealias Step = ScriptedNetwork.Step

    private static func save(
        _ output: String, in folder: String, prefix: String? = "p1", _ steps: [Step], rest: Step? = nil,
        _ options: KeyValuePairs<String, String?> = [:]
    ) async throws -> (result: Result<[SavedOutput], ReplicateError>, sent: [ScriptedNetwork.Sent], updates: [String]) {
        let network = ScriptedNetwork(steps, rest: rest)
        let client = try Client(network)
        let updates = Recorder<JSON>()
        let result: Result<[SavedOutput], ReplicateError>
        let json = try JSON(validating: output)
        let options = try Options(options)
        do throws(ReplicateError) {
            result = .success(try await client.saveOutputs(json, in: folder, prefix: prefix, options) { updates.add($0) })
        } catch {
            result = .failure(error)
        }
        #expect(await network.openStreams == 0)
        return (result, await network.sent, updates.values.map(\.rawText))
    }

    @Test func everyFileAtAnyDepth() async throws {
        let folder = try TemporaryFolder()
        let output = #"{"a": ["https://h/x.png", "data:text/plain,two", "text"], "b": {"c": "https://h/three"}}"#
        let (result, sent, updates) = try await Self.save(
            output, in: folder.at("new"), [], rest: .stream(200, ["bytes"], [("Content-Type", "image/webp")]))
        let saved = try result.get()
        let start = folder.at("new")
        #expect(saved.map(\.pointer) == ["/a/0", "/a/1", "/b/c"])
        #expect(saved.map(\.path) == ["\(start)/p1-x.png", "\(start)/p1-output-1.txt", "\(start)/p1-three.webp"])
        #expect(
            SavedOutput.json(Array(saved.suffix(1))).rawText
                == "[{\"pointer\":\"/b/c\",\"path\":\"\(start)/p1-three.webp\",\"size\":5,\"content_type\":\"image/webp\"}]")
        #expect(sent.count == 2 && sent.allSatisfy { $0.request.header("Authorization") == nil })
        #expect(updates.last == "{\"saved\":3,\"files\":3}")
        #expect(folder.text("new/p1-x.png") == "bytes" && folder.text("new/p1-output-1.txt") == "two")
        for each in saved { unlink(each.path) }
    }

    @Test(arguments: ["null", "\"text\"", "[]", "{}", "1", "[\"https: no URL\"]"])
    func whereThereIsNoneThereIsNoFolder(_ output: String) async throws {
        let folder = try TemporaryFolder()
        let (result, _, _) = try await Self.save(output, in: folder.at("new"), [])
        #expect(try result.get().isEmpty && folder.names.isEmpty)
        #expect(SavedOutput.json([]).rawText == "[]")
    }

    @Test func oneThatFailsDoesNotTakeTheOthersAlong() async throws {
        let folder = try TemporaryFolder()
        try folder.write("p1-b.png", "old")
        let output = #"["data:,one", "https://h/b.png", "data:,three"]"#
        let (result, _, _) = try await Self.save(output, in: folder.path, [.stream(404, ["gone"])])
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .notFound && error.status == 404)
        #expect(error.message.hasPrefix("the output's /1 was not saved as p1-b.png: "), "\(error.message)")
        #expect(folder.names == ["p1-b.png", "p1-output-0.txt", "p1-output-2.txt"] && folder.text("p1-b.png") == "old")
    }

    @Test func manyAreSavedAndNoneIsLost() async throws {
        let folder = try TemporaryFolder()
        let output = "[" + (0..<30).map { "\"https://h/\($0)/same.png\"" }.joined(separator: ",") + "]"
        let (result, sent, _) = try await Self.save(output, in: folder.path, [], rest: .stream(200, ["x"]))
        #expect(try result.get().count == 30 && sent.count == 30 && folder.names.count == 30)
        #expect(folder.names.contains("p1-same.png") && folder.names.contains("p1-same-30.png"))
    }

    @Test func noNameLeavesTheFolder() async throws {
        let folder = try TemporaryFolder()
        let urls = ["..%2f..%2fx", "%2e%2e%2fx", "..%5cx", "/x", "CON", ".x", "x%00", "%E2%80%AEx", "-x"]
        let output = "[" + urls.map { "\"https://h/\($0)\"" }.joined(separator: ",") + "]"
        let (result, _, _) = try await Self.save(
            output, in: folder.at("in"), prefix: "../..", [], rest: .stream(200, ["x"], [("Content-Type", "../x; image/png")]))
        let saved = try result.get()
        #expect(saved.count == urls.count && folder.names == ["in"])
        for each in saved {
            let name = String(each.path.dropFirst(folder.at("in/").count))
            #expect(OutputNamesTests.isSafe(name) && each.path.hasPrefix(folder.at("in/")))
            #expect(unlink(each.path) == 0)
        }
    }

    @Test(arguments: ["file", "none/in/none", "file/x"])
    func aFolderThatCannotBeIsAnError(_ name: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("file", "old")
        let (result, sent, _) = try await Self.save(#"["https://h/x.png"]"#, in: folder.at(name), [])
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .invalidInput && sent.isEmpty && folder.names == ["file"] && folder.text("file") == "old")
    }

    @Test func aFolderInAFilesPlaceStays() async throws {
        let folder = try TemporaryFolder()
        mkdir(folder.at("p1-x.png"), 0o755)
        mkdir(folder.at("p1-fox.webp"), 0o755)
        for (url, type) in [("https://h/x.png", "image/png"), ("https://h/fox", "image/webp")] {
            let (result, _, _) = try await Self.save(
                "\"\(url)\"", in: folder.path, [], rest: .stream(200, ["x"], [("Content-Type", type)]))
            let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
            #expect(error.message.contains("is a folder") && error.message.hasPrefix("the output was not saved"))
        }
        #expect(folder.names == ["p1-fox.webp", "p1-x.png"])
    }

    @Test func theLimitIsForEachFile() async throws {
        let folder = try TemporaryFolder()
        let (result, _, _) = try await Self.save(
            #"["data:,abc", "data:,abcd", "data:,abc"]"#, in: folder.path, [], ["max_download_bytes": "3"])
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.message.contains("max_download_bytes") && folder.names == ["p1-output-0.txt", "p1-output-2.txt"])
    }
}
