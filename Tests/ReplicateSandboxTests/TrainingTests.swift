// What is learned, and what a training leaves behind however it ends.

import Replicate
import Testing

@testable import ReplicateSandbox

@Suite struct TrainingTests {
    @Test(arguments: [
        ("Q", 9, "A b"), (" q ", 9, "A b"), ("the", 9, "cat sat on the cat slept"), ("x the", 2, "cat sat"),
        ("slept", 9, ""),
        ("never", 9, ""), ("", 9, ""),
    ])
    func completions(prompt: String, words: Int, completion: String) {
        var table = WordTable()
        table.learn(prompt: "q", completion: "A b")
        table.learn(text: "the cat sat on the mat and the cat slept")
        #expect(table.completion(of: prompt, words: words) == completion)
    }

    @Test func whatWasLearnedLaterCounts() {
        var table = WordTable()
        for completion in ["old", "new"] { table.learn(prompt: "q", completion: completion) }
        #expect(table.completion(of: "q", words: 1) == "new")
        #expect(throws: Never.self) { try JSON(validating: table.json) }
    }

    private static let body = #"{"destination":"sandbox/mine","input":{"text":"one two","steps":1000}}"#

    private static func start(_ sandbox: LocalSandbox) async throws -> String {
        let creation = #"{"owner":"sandbox","name":"mine","visibility":"private","hardware":"cpu"}"#
        #expect(await sandbox.call("POST", "/v1/models", creation).status == 201)
        let base = try await sandbox.version(of: "sandbox/trainable")
        return try await sandbox.create("/v1/models/sandbox/trainable/versions/\(base)/trainings", body)
    }

    @Test func aCancelledTrainingLeavesNoVersion() async throws {
        try await LocalSandbox.run(speed: 1) { sandbox in
            let id = try await Self.start(sandbox)
            #expect(await sandbox.call("POST", "/v1/trainings/\(id)/cancel")["status"]?.string == "canceled")
            #expect(await sandbox.call("GET", "/v1/models/sandbox/mine")["latest_version"]?.isNull == true)
        }
    }

    @Test func aTrainingFailsWhereItsDestinationIsGone() async throws {
        try await LocalSandbox.run(speed: 100) { sandbox in
            let id = try await Self.start(sandbox)
            #expect(await sandbox.call("DELETE", "/v1/models/sandbox/mine").status == 204)
            let training = try #require(await sandbox.services.trainings.ended(id, within: 20))
            #expect(training.status == .failed && training.error?.contains("sandbox/mine") == true)
        }
    }

    @Test func aDeletedVersionTakesItsPredictionsAlong() async throws {
        try await LocalSandbox.run { sandbox in
            let id = try await Self.start(sandbox)
            _ = await sandbox.services.trainings.ended(id)
            let version = try await sandbox.version(of: "sandbox/mine")
            let prediction = try await sandbox.create(
                "/v1/predictions", #"{"version":"\#(version)","input":{"prompt":"one"}}"#, prefer: "wait")
            #expect(await sandbox.call("GET", "/v1/predictions/\(prediction)")["output"]?.string == "two")
            #expect(await sandbox.call("DELETE", "/v1/models/sandbox/mine/versions/\(version)").status == 202)
            #expect(await sandbox.call("GET", "/v1/predictions/\(prediction)").status == 404)
            #expect(await sandbox.call("GET", "/v1/predictions").results("id").isEmpty)
        }
    }
}
