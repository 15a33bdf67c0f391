// What was created a moment ago may not be known everywhere yet: for 5 s after a create 404 is no answer.

import Testing

@testable import Replicate

struct JustMadeTests {
    private typealias Step = ScriptedNetwork.Step

    @Test(arguments: [(0, true), (4.9, true), (5, false), (100, false)])
    func fiveSecondsLong(_ seconds: Double, _ isNew: Bool) {
        let start = ContinuousClock.now
        var made = JustMade()
        made.add("p1", at: start)
        #expect(made.has("p1", at: start + .seconds(seconds)) == isNew)
        #expect(!made.has("p2", at: start))
    }

    /// Ten thousand runs may begin in that time: with 256 kept, those that were forgotten ended with "not found".
    @Test func allOfTenThousandInThatTime() {
        let start = ContinuousClock.now
        var made = JustMade()
        for number in 0..<30_000 { made.add("\(number)", at: start + .milliseconds(number)) }
        for now in [29_999, 32_000, 34_000, 34_998] {
            let first = (0..<30_000).first { made.has("\($0)", at: start + .milliseconds(now)) }
            #expect(first == now - 4999)
        }
    }

    @Test func theLastOnesOfVeryMany() {
        let now = ContinuousClock.now
        var made = JustMade()
        let count = 3 * JustMade.mostKept
        for number in 0..<count { made.add("\(number)", at: now) }
        #expect((count - JustMade.mostKept..<count).allSatisfy { made.has("\($0)", at: now) })
        #expect(!made.has("0", at: now))
    }

    @Test func noIdThatIsLongerThanAnyIs() {
        let now = ContinuousClock.now
        var made = JustMade()
        for length in [JustMade.longestID, JustMade.longestID + 1] {
            made.add(String(repeating: "x", count: length), at: now)
        }
        #expect(made.has(String(repeating: "x", count: JustMade.longestID), at: now))
        #expect(!made.has(String(repeating: "x", count: JustMade.longestID + 1), at: now))
    }

    private static let created = Step.json(201, #"{"id":"p1","status":"starting"}"#)
    private static let absent = Step.json(404, #"{"detail":"not found"}"#)

    private func client(_ steps: [Step], rest: Step? = nil) throws -> (Client, ScriptedNetwork) {
        let network = ScriptedNetwork([Self.created] + steps, rest: rest)
        return (try Client(network, ["poll_interval_ms": "500", "max_retries": "0"]), network)
    }

    private func milliseconds(_ time: Duration) -> Int { Int((time / .milliseconds(1)).rounded()) }

    private func create(_ client: Client) async throws {
        _ = try await client.createPrediction(.version("v"), try PredictionInput(JSON(validating: "{}")), Options())
    }

    @Test func aGetIsRepeatedAtThePollInterval() async throws {
        let (client, network) = try client([Self.absent, Self.absent, Self.absent, Self.created])
        try await create(client)
        let seen = try await client.call(.predictionsGet, ["p1"], Options())
        #expect(seen["id"]?.string == "p1")
        #expect(await network.sleeps.map(milliseconds) == [550, 550, 550])
    }

    @Test func aCancelToo() async throws {
        let (client, network) = try client([Self.absent, Self.created])
        try await create(client)
        _ = try await client.call(.predictionsCancel, ["p1"], Options())
        #expect(await network.sent.map(\.request.method) == [.post, .post, .post])
    }

    @Test func aTrainingToo() async throws {
        let (client, network) = try client([Self.absent, Self.created])
        _ = try await client.createTraining(["a", "b", "v"], try PredictionInput(JSON(validating: "{}")), Options())
        _ = try await client.call(.trainingsGet, ["p1"], Options())
        #expect(await network.sent.count == 3)
    }

    @Test func fiveSecondsAfterTheCreateItIsAnAnswer() async throws {
        let (client, network) = try client([], rest: Self.absent)
        try await create(client)
        let error = try await #require(throws: ReplicateError.self) { try await client.call(.predictionsGet, ["p1"], Options()) }
        // Of every 0.55 s from 0 to 5, and the one after.
        #expect(error.kind == .notFound && error.attempts == 11)
        #expect(milliseconds(await network.elapsed) == 5500)
    }

    @Test func ofAnotherItIsAnAnswerAtOnce() async throws {
        let (client, network) = try client([Self.absent])
        try await create(client)
        await #expect(throws: ReplicateError.self) { try await client.call(.predictionsGet, ["p2"], Options()) }
        #expect(await network.sent.count == 2)
    }

    @Test func notPastTheDeadline() async throws {
        let (client, network) = try client([], rest: Self.absent)
        try await create(client)
        let error = try await #require(throws: ReplicateError.self) {
            try await client.call(.predictionsGet, ["p1"], try Options(["timeout_ms": "1200"]))
        }
        #expect(error.kind == .notFound && error.attempts == 3)
        #expect(milliseconds(await network.elapsed) == 1100)
    }
}
